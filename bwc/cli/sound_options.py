"""The options of `bwc redact-file` that speak of sound, and what they write."""

import getpass
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from bwc.cli.console import say
from bwc.errors import Conflict, InvalidInput, NotFound
from bwc.media.audio import first_moment
from bwc.redaction.captions import redacted_json, redacted_webvtt, write_whole
from bwc.redaction.plan import Plan, SoundEffect
from bwc.redaction.planning import DEFAULT_EXEMPTION
from bwc.redaction.sound_order import SoundOrder, found_in_silence, named_span
from bwc.redaction.transcript import Transcript
from bwc.redaction.transcript_files import is_json, read_transcript
from bwc.timeline import Span

TIME_HELP = "Mute this stretch, counted from the recording's start: 12.5-14.0 or 1:02:03-1:02:04.5."
TRANSCRIPT_HELP = "WebVTT, SRT or JSON words of this recording: mute what identifies a person."
EFFECT_HELP = "What is heard instead: nothing, or a tone."
CAPTIONS_HELP = "Write the transcript as WebVTT without what is muted; JSON too where it is JSON."


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundOptions:
    """What was asked for, and the captions that are written after."""

    order: SoundOrder | None
    transcript: Transcript | None
    written: tuple[Path, ...]

    def write(self, plan: Plan) -> None:
        """Write captions, and the transcript where it was JSON, without what `plan` mutes.

        Says so where the transcript does not seem to be this recording's.
        """
        silent = found_in_silence(plan) if self.transcript is not None else []
        if silent:
            say(
                f"bwc: of what the transcript gives away, {len(silent)} stretches lie where nobody"
                " speaks. Is it the transcript of this recording, from its first moment on?"
            )
        for path in self.written:
            if self.transcript is not None:
                redacted = redacted_json if path != self.written[0] else redacted_webvtt
                write_whole(redacted(self.transcript, plan.muted()), path)


def sound_options(
    original: Path,
    *,
    mute: list[str],
    transcript: Path | None,
    effect: SoundEffect,
    captions: Path | None,
) -> SoundOptions:
    """What the options ask for, with all times on the recording's own clock.

    Raises:
        NotFound: there is no such transcript.
        Conflict: the captions would take the place of something else.
        InvalidInput: a stretch or the transcript cannot be read.
    """
    spans = [named_span(text) for text in mute]
    if transcript is None:
        if captions is not None:
            raise InvalidInput("without --transcript there are no captions to write")
        written: tuple[Path, ...] = ()
        said = None
    else:
        if not transcript.is_file():
            raise NotFound("there is no such file", where=str(transcript))
        written = _written(captions, transcript)
        _require_room(written, original, transcript)
        said = read_transcript(transcript)
    if not spans and said is None:
        return SoundOptions(order=None, transcript=None, written=())
    later = first_moment(original)
    told = said.shifted(later) if said is not None else None
    order = SoundOrder(
        named=tuple(_later(span, later) for span in spans),
        transcript=told,
        effect=effect,
        exemption=DEFAULT_EXEMPTION,
        by=f"person:{_user()}",
    )
    return SoundOptions(order=order, transcript=told, written=written)


def _written(captions: Path | None, transcript: Path) -> tuple[Path, ...]:
    """What is written: captions, and beside them the transcript where it was JSON."""
    if captions is None:
        return ()
    if captions.suffix.lower() != ".vtt":
        raise InvalidInput("captions are WebVTT", expected="a name that ends in .vtt")
    return (captions, captions.with_suffix(".json")) if is_json(transcript) else (captions,)


def _require_room(written: tuple[Path, ...], *kept: Path) -> None:
    """Refuse where something that is written would take the place of what was given."""
    for place in written:
        if not place.parent.is_dir():
            raise Conflict("the folder to write to does not exist", where=str(place.parent))
        if place.exists() and any(place.samefile(path) for path in kept if path.exists()):
            raise Conflict("what was given is never overwritten", where=str(place))


def _later(span: Span[Fraction], by: Fraction) -> Span[Fraction]:
    """`span` on a clock that is `by` ahead."""
    return Span(span.start + by, span.end + by)


def _user() -> str:
    """Who runs the command, as the system knows them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
