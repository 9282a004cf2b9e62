"""The plan as the public may read it: boxes, times and codes, and nothing about who is who.

Pure, and by listing what goes in: a member that is added to the plan later stays out. No person
numbers, authors, reasons, scores, models or crops; nothing of what stays visible, and not what was
recognised in the sound. It reads the plan's document as redaction left it in the catalog.
"""

from collections.abc import Iterable

from bwc.canonical import Json, JsonObject

FORMAT = "bwc.public-plan/1"
OF_THE_ORIGINAL = (
    "sha256",
    "width",
    "height",
    "rotation",
    "time_base",
    "frames",
    "first_pts",
    "last_pts",
)
OF_A_TRACK = ("kind", "effect", "shape", "exemption", "keys")
OF_A_SOUND = ("start", "end", "effect", "exemption")


def public_plan(document: JsonObject) -> JsonObject:
    """What of a plan's `document` may be published beside the video."""
    original = document.get("original")
    hidden = [track for track in _objects(document, "tracks") if track.get("shown") is None]
    tracks: list[Json] = [_only(track, OF_A_TRACK) for track in sorted(hidden, key=_first_key)]
    sound: list[Json] = [_only(cut, OF_A_SOUND) for cut in _objects(document, "sound")]
    return {
        "format": FORMAT,
        "original": _only(original if isinstance(original, dict) else {}, OF_THE_ORIGINAL),
        "tracks": tracks,
        "sound": sound,
    }


def _only(part: JsonObject, names: Iterable[str]) -> JsonObject:
    """The members of `part` that may be told."""
    return {name: part[name] for name in names if name in part}


def _first_key(track: JsonObject) -> list[int]:
    """When and where a track begins."""
    keys = track.get("keys")
    first = keys[0] if isinstance(keys, list) and keys else []
    return [int(str(number)) for number in first] if isinstance(first, list) else []


def _objects(document: JsonObject, name: str) -> list[JsonObject]:
    value = document.get(name)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
