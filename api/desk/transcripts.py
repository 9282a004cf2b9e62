"""Transcripts that people send, and captions that go back to them."""

from fastapi import UploadFile

from bwc.errors import InvalidInput
from bwc.redaction.transcript import Transcript
from bwc.redaction.transcript_files import LARGEST, parse_transcript


def read_upload(upload: UploadFile | None) -> Transcript | None:
    """The transcript in the file that was sent, if one was. Raises InvalidInput."""
    if upload is None or not upload.filename:
        return None
    body = upload.file.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise InvalidInput(
            "the transcript is too large",
            where=upload.filename,
            expected=f"at most {LARGEST} bytes",
        )
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise InvalidInput(
            "not a transcript in UTF-8",
            where=upload.filename,
            got=str(exc),
            advice="Save it as UTF-8",
        ) from exc
    return parse_transcript(text, where=upload.filename)


def require_upload(upload: UploadFile | None) -> Transcript:
    """The transcript in the file that was sent. Raises InvalidInput where none was."""
    transcript = read_upload(upload)
    if transcript is None:
        raise InvalidInput("no transcript was sent", expected="a WebVTT, SRT or JSON file")
    return transcript
