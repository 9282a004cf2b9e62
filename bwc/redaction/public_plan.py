"""The plan as the public may read it: boxes, times and codes, and nothing about who is who.

Pure, and by listing what goes in: a field that is added to the plan later stays out. No person
numbers, authors, reasons, scores, models or crops; nothing of what stays visible, and not what was
recognised in the sound.
"""

from bwc.canonical import Json, JsonObject
from bwc.redaction.plan import MutedSpan, Plan, PlannedTrack

FORMAT = "bwc.public-plan/1"


def public_plan(plan: Plan) -> JsonObject:
    """What of `plan` may be published beside the video."""
    size = plan.original
    hidden = [track for track in plan.tracks if track.shown is None]
    return {
        "format": FORMAT,
        "original": {
            "sha256": size.sha256,
            "width": size.width,
            "height": size.height,
            "rotation": size.rotation,
            "time_base": list(size.time_base),
            "frames": size.frames,
            "first_pts": size.first_pts,
            "last_pts": size.last_pts,
        },
        "tracks": [_track(track) for track in sorted(hidden, key=lambda each: each.keys[0])],
        "sound": [_span(cut) for cut in plan.sound],
    }


def _track(track: PlannedTrack) -> Json:
    """What is hidden, how, on which ground, and where."""
    return {
        "kind": track.kind.value,
        "effect": track.effect.value,
        "shape": track.shape.value,
        "exemption": track.exemption,
        "keys": [list(key) for key in track.keys],
    }


def _span(cut: MutedSpan) -> Json:
    """What is not heard, how, and on which ground."""
    return {
        "start": list(cut.start),
        "end": list(cut.end),
        "effect": cut.effect.value,
        "exemption": cut.exemption,
    }
