"""Whether the sound of a film is copied from the original or coded anew, and why."""

from dataclasses import dataclass
from pathlib import Path

from bwc.canonical import JsonObject
from bwc.errors import MediaError
from bwc.media.audio import SoundLook
from bwc.media.copied_sound import CopiedSound, read_sound
from bwc.redaction.plan import Plan


@dataclass(frozen=True, slots=True)
class SoundUse:
    """`copied` is what is taken over; where it is None, all is coded anew, and `why_anew` says why.

    `silenced` counts the packets of what is copied that are put in as silence.
    """

    copied: CopiedSound | None = None
    silenced: int = 0
    why_anew: str | None = None

    @property
    def document(self) -> JsonObject:
        """Counts and reasons for a certificate, and no places."""
        if self.copied is None:
            return {"mode": "coded anew", "reason": self.why_anew}
        return {
            "mode": "copied",
            "packets_copied": self.copied.count - self.silenced,
            "packets_silent": self.silenced,
        }


def use_of_sound(
    path: Path, look: SoundLook | None, plan: Plan, *, why_anew: str | None
) -> SoundUse | None:
    """How the sound of the recording at `path` gets into its rendering; None where it has none.

    With `why_anew` all is coded anew, for that reason.
    """
    if look is None:
        return None
    if why_anew is not None:
        return SoundUse(why_anew=why_anew)
    if plan.toned():
        return SoundUse(why_anew="a tone stands in it")
    try:
        copied = read_sound(path, look)
    except MediaError as error:
        return SoundUse(why_anew=f"the sound of the original {error.what}")
    return SoundUse(copied, copied.silenced(plan.muted()))
