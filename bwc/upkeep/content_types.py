"""What kind of document a public key names, by its ending."""

from pathlib import PurePosixPath

UNKNOWN = "application/octet-stream"
CONTENT_TYPES = {
    ".atom": "application/atom+xml",
    ".csv": "text/csv",
    ".html": "text/html",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".mp4": "video/mp4",
    ".png": "image/png",
    ".txt": "text/plain",
    ".vtt": "text/vtt",
}


def content_type_of(key: str) -> str:
    """The media type of a public key.

    >>> content_type_of("releases/x/video.mp4")
    'video/mp4'
    """
    return CONTENT_TYPES.get(PurePosixPath(key).suffix, UNKNOWN)
