"""The options of `bwc redact-file` that speak of sound, and what they write."""

import getpass
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bwc.cli.console import say
from bwc.errors import Conflict, InvalidInput, NotFound
from bwc.media.audio import first_moment, sound_look
from bwc.redaction.captions import redacted_json, redacted_webvtt, write_whole
from bwc.redaction.plan import Plan
from bwc.redaction.sound_order import found_in_silence
from bwc.redaction.transcript import Transcript
from bwc.redaction.transcript_files import is_json, read_transcript

TIME_HELP = "Mute this stretch, counted from the recording's start: 12.5-14.0 or 1:02:03-1:02:04.5."
TRANSCRIPT_HELP = "WebVTT, SRT or JSON words of this recording: mute what identifies a person."
EFFECT_HELP = "What is heard instead: nothing, or a tone."
CAPTIONS_HELP = "Write the transcript as WebVTT without what is muted; JSON too where it is JSON."


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundOptions:
    """The transcript that was given, and the captions that are written after."""

    transcript: Transcript | None
    written: tuple[Path, ...]

    def write(self, plan: Plan, original: Path) -> None:
        """Write captions, and the transcript where it was JSON, without what `plan` mutes.

        Says so where the transcript does not seem to be this recording's.
        """
        if self.transcript is None:
            return
        silent = found_in_silence(plan)
        if silent:
            say(
                f"bwc: of what the transcript gives away, {len(silent)} stretches lie where nobody"
                " speaks. Is it the transcript of this recording, from its first moment on?"
            )
        told = self.transcript.shifted(first_moment(original))
        for path in self.written:
            redacted = redacted_json if path != self.written[0] else redacted_webvtt
            write_whole(redacted(told, plan.muted()), path)


def sound_options(
    original: Path, *, transcript: Path | None, captions: Path | None, mute: Sequence[str]
) -> SoundOptions:
    """What the options name.

    Raises:
        NotFound: there is no such transcript.
        Conflict: the captions would take the place of something else.
        InvalidInput: the transcript cannot be read, or what is to be muted has no sound.
    """
    if mute and sound_look(original) is None:
        raise InvalidInput("the recording has no sound that could be muted", where=original.name)
    if transcript is None:
        if captions is not None:
            raise InvalidInput("without --transcript there are no captions to write")
        return SoundOptions(transcript=None, written=())
    if not transcript.is_file():
        raise NotFound("there is no such file", where=str(transcript))
    written = _written(captions, transcript)
    _require_room(written, original, transcript)
    return SoundOptions(transcript=read_transcript(transcript), written=written)


def system_user() -> str:
    """Who runs the command, as the system knows them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


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
