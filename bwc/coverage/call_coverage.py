"""One officer's part in one call: what reports, pages and the should-exist ledger say of it."""

from dataclasses import dataclass

from bwc.canonical import JsonObject
from bwc.clock import iso
from bwc.coverage.department import Call
from bwc.coverage.elsewhere import NOWHERE, Elsewhere
from bwc.coverage.existence import Existence
from bwc.coverage.expected import OfficerCall
from bwc.coverage.measure import Coverage
from bwc.coverage.moved import MovedCall
from bwc.coverage.on_shift import NO_SHIFT, OnShift
from bwc.coverage.quality import Quality


@dataclass(frozen=True, slots=True)
class CallCoverage:
    """One call of an officer: what his camera had to record, and what was recorded of it.

    `shift` says whether it lay in his shift, None where nothing was expected; `elsewhere` what
    another evidence system alone lists of it, which is in no other figure; `moved` is there
    where reports and pages show what a minute of clock error would change.
    """

    call: Call
    duty: OfficerCall
    coverage: Coverage
    quality: Quality
    existence: Existence
    shift: OnShift | None = None
    elsewhere: Elsewhere = NOWHERE
    moved: MovedCall | None = None

    @property
    def recordings(self) -> tuple[str, ...]:
        """The ids of all that he recorded of it, whatever was expected and became of it."""
        return tuple(dict.fromkeys((*self.quality.recordings, *self.existence.found)))

    def document(self) -> JsonObject:
        """As JSON: the measured figures, the call's own, the rule, and why excluded if it was."""
        exclusion, span = self.coverage.exclusion, self.duty.expected
        return {
            **self.coverage.document(),
            "expected_from": None if span is None else iso(span.start),
            "expected_until": None if span is None else iso(span.end),
            **(NO_SHIFT if self.shift is None else self.shift.document()),
            **self.quality.document(),
            "recordings": list(self.recordings),
            **self.elsewhere.document(),
            "footage": self.existence.answer.value,
            "footage_why": self.existence.why,
            "type": self.call.type,
            "priority": self.call.priority,
            "received": iso(self.call.received),
            "exclusion": None if exclusion is None else exclusion.value,
            "expected_by": self.duty.reason,
            "sensitivity": None if self.moved is None else self.moved.document(),
        }
