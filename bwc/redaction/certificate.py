"""The certificate: what was verified, how, and what was found, in full and for the public.

The public one has counts and methods only: nothing in it is a map to what might be left.
"""

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

from bwc import __version__
from bwc.canonical import JsonObject
from bwc.ids import Sha256
from bwc.media.decode import VideoLook
from bwc.redaction.detect import Finder
from bwc.redaction.findings import MEANING, Check, count_of
from bwc.redaction.parts import Parts
from bwc.redaction.plan import Kind, Plan
from bwc.redaction.second_look import ALWAYS_LOOKED_AT, LOOK_EVERY_SECONDS
from bwc.redaction.verify import Verification
from bwc.redaction.whole_frame import WHY, frames_hidden_whole
from bwc.timeline import merge, total_media_seconds

FORMAT = "bwc.certificate/1"
JUDGED = frozenset({Kind.FACE})  # what the independent look looks for
UNJUDGED = {Kind.HEAD: "heads that show no face", Kind.PERSON: "persons"}  # others by name
MOST_UNREAD_SECONDS = Fraction(1, 2)  # the last picture may be shown as long
FULL, PUBLIC = "full", "public"
PUBLIC_NAMES = {  # what a public one may say; all else stays with the department
    "format",
    "verdict",
    "original_sha256",
    "redacted_sha256",
    "made_by",
    "asked_to_hide",
    "frames",
    "packets_not_decoded",
    "regions_checked",
    "hidden_share",
    "sound_taken_out",
    "tracks_left_visible",
    "least_likeness_outside",
    "render",
    "rendered_again",
    "ledger",
    "plan_origin",
    "detectors",
    "effects",
    "independent_look",
    "checks",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """What a certificate speaks of.

    `given_plan` is the hash of the plan that somebody handed in; None where this run made it.
    `parts` says what of the file was drawn and what copied, where that is known.
    """

    original_sha256: Sha256
    redacted_sha256: Sha256
    look: VideoLook
    plan: Plan
    verification: Verification
    verifier: Finder
    rendered_again: int
    parts: Parts | None = None
    given_plan: Sha256 | None = None


def certificate(case: Certified) -> JsonObject:
    """The full certificate, for staff."""
    found = [finding.document() for finding in case.verification.findings]
    return public_certificate(case) | {
        "kind": FULL,
        "plan_sha256": case.plan.sha256,
        "given_plan_sha256": case.given_plan,
        "findings": list(found),
        "notes": list(_notes(case)),
        "left_visible": [
            {"track": track.id, "person": track.person, **track.shown.model_dump(mode="json")}
            for track in case.plan.tracks
            if track.shown is not None
        ],
        "dropped": [entry.model_dump(mode="json") for entry in case.plan.dropped],
    }


def public_certificate(case: Certified) -> JsonObject:
    """Counts and methods only."""
    verified = case.verification
    rendered: JsonObject = {} if case.parts is None else {"render": case.parts.document}
    return {
        "format": FORMAT,
        "kind": PUBLIC,
        "verdict": "passed" if verified.passed else "failed",
        "original_sha256": case.original_sha256,
        "redacted_sha256": case.redacted_sha256,
        "made_by": f"bwc {__version__}",
        "asked_to_hide": [kind.value for kind in case.plan.profile.hide],
        "frames": verified.frames,
        "packets_not_decoded": verified.undecoded,
        "regions_checked": verified.regions,
        "hidden_share": round(verified.hidden_share, 5),
        "sound_taken_out": _sound(case.plan),
        "least_likeness_outside": round(verified.least_likeness, 4),
        "effects": _effects(case.plan),
        **rendered,
        "rendered_again": case.rendered_again,
        "tracks_left_visible": sum(track.shown is not None for track in case.plan.tracks),
        "plan_origin": "given" if case.given_plan else "made by this run",
        "ledger": _ledger(case.plan),
        "detectors": [
            {"name": model.name, "sha256": model.sha256, "use": model.use}
            for model in case.plan.models
        ],
        "independent_look": _independent_look(case),
        "checks": [_check(check, verified) for check in Check if check is not Check.CERTIFICATE],
    }


def without_places(document: JsonObject) -> JsonObject:
    """The public certificate out of the document of a full one."""
    return {n: v for n, v in document.items() if n in PUBLIC_NAMES} | {"kind": PUBLIC}


def limits(plan: Plan) -> str:
    """What the independent look says nothing of, in a sentence; empty where it judges all."""
    if not plan.profile.hides_faces:
        asked = ", ".join(UNJUDGED.get(kind, kind.value) for kind in plan.profile.hide)
        return (
            f"only {asked} was asked to be hidden: faces may be seen, nobody looked for them, and"
            " the independent look, which finds faces alone, was not taken; that each planned"
            " region is covered on each frame is proven, that none was overlooked is not"
        )
    hidden = {*plan.profile.hide, *(track.kind for track in plan.tracks)} - JUDGED
    if not hidden:
        return ""
    kinds = ", ".join(UNJUDGED.get(kind, kind.value) for kind in Kind if kind in hidden)
    return (
        f"the independent look finds faces alone and does not judge {kinds}: that each planned"
        " region is covered on each frame is proven, that none was overlooked is not"
    )


def _independent_look(case: Certified) -> JsonObject:
    """By what the finished file was looked at, how often, and what that does not say."""
    verified = case.verification
    look: JsonObject = {
        "name": case.verifier.name,
        "sha256": case.verifier.sha256,
        "frames": verified.looked_at,
        "share_of_frames": round(verified.looked_at / max(1, verified.frames), 4),
        "every_seconds": float(LOOK_EVERY_SECONDS),
        "always": list(ALWAYS_LOOKED_AT),
        "is_proof": False,
    }
    said = limits(case.plan)
    return look | {"limits": said} if said else look


def _check(check: Check, verified: Verification) -> JsonObject:
    """One check: what it means, and what came of it."""
    count = count_of(check, verified.findings)
    result = "failed" if count.listed else "passed" if check in verified.checked else "not checked"
    return {
        "name": check.value,
        "meaning": MEANING[check],
        "result": result,
        "findings": count.listed,
        "findings_are_all": not count.is_least,
        "is_proof": check is not Check.FACES,
    }


def _effects(plan: Plan) -> JsonObject:
    """Tracks that are hidden, by how they are covered."""
    counts = Counter(track.effect.value for track in plan.tracks if track.shown is None)
    return dict(sorted(counts.items()))


def _sound(plan: Plan) -> JsonObject:
    """How often and for how long the recording is not heard."""
    cuts = merge(plan.muted())
    return {
        "stretches": len(cuts),
        "seconds": round(float(total_media_seconds(cuts)), 3),
        "under_a_tone": len(plan.toned()),
    }


def _ledger(plan: Plan) -> JsonObject:
    """For each detector, frames by what it saw of them."""
    names = {model.sha256: model.name for model in plan.models}
    seen: JsonObject = {}
    for ledger in plan.ledger:
        counts: Counter[str] = Counter()
        for run in ledger.runs:
            counts[run.state.value] += run.frames
        seen[names.get(ledger.model, ledger.model)] = dict(counts)
    return seen


def _notes(case: Certified) -> list[str]:
    """What a reader of the full certificate should know of the original."""
    notes = []
    if case.look.bit_depth > 8:  # noqa: PLR2004 - bits
        notes.append(f"the original has {case.look.bit_depth} bits a sample, the rendering 8")
    if case.verification.undecoded:
        count = case.verification.undecoded
        notes.append(f"packets of the original that hold no picture that decodes: {count}")
    lasts = (case.plan.original.last_pts - case.plan.original.first_pts) * case.plan.time_base
    declared = case.look.seconds_declared
    if declared is not None and declared - lasts > MOST_UNREAD_SECONDS:
        notes.append(
            f"the recording says that it lasts {float(declared):.2f} s, and its pictures can be read"
            f" for {float(lasts):.2f} s: it breaks off, or its sound goes on"
        )
    if case.plan.speech is not None and case.plan.speech.not_judged is not None:
        notes.append(f"where somebody speaks was not judged: {case.plan.speech.not_judged}")
    for rule, reason in WHY.items():
        hidden = frames_hidden_whole(case.plan, rule)
        if hidden:
            notes.append(f"frames hidden whole since {reason}: {hidden}")
    sounds = [other for other in case.look.others if other.startswith("audio")]
    dropped = [other for other in case.look.others if not other.startswith("audio")] + sounds[1:]
    if dropped:
        notes.append(f"streams that were left out: {', '.join(dropped)}")
    return notes
