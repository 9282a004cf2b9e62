"""Every error bwc raises on purpose.

BwcError
  NotFound            nothing is stored under that name
  Conflict            the state of things forbids it now
  NotPermitted        this person may not do that
  InvalidInput        what came in cannot be used
    MediaError        a file that cannot be read as video
    PolicyPackError   a pack or fact file that breaks its schema
  IntegrityError      custody or a hash is broken: never retried, always alarmed
  TransientError      the only kind that is worth trying again
  Cancelled           a person stopped the work

Arguments are data; the class words the message: what happened, where, what was expected, what
was found and what to do next. No HTTP status lives here: `api/problems.py` maps class to status.
"""

__all__ = [
    "BwcError",
    "Cancelled",
    "Conflict",
    "IntegrityError",
    "InvalidInput",
    "MediaError",
    "NotFound",
    "NotPermitted",
    "PolicyPackError",
    "TransientError",
]


class BwcError(Exception):
    """Base of all: one sentence of what happened, and the data behind it."""

    code = "error"

    def __init__(
        self,
        what: str,
        *,
        where: str | None = None,
        expected: str | None = None,
        got: str | None = None,
        advice: str | None = None,
    ) -> None:
        """Keep the parts.

        Args:
            what: what happened, as a clause without a full stop.
            where: the file, line, field or id concerned.
            expected: what would have been right.
            got: what was found instead.
            advice: what the reader should do next.
        """
        self.what = what
        self.where = where
        self.expected = expected
        self.got = got
        self.advice = advice
        super().__init__(self.message())

    def message(self) -> str:
        """The parts as sentences a person can act on."""
        text = f"{self.where}: {self.what}" if self.where else self.what
        if self.expected is not None and self.got is not None:
            text += f" (expected {self.expected}, got {self.got})"
        elif self.expected is not None:
            text += f" (expected {self.expected})"
        elif self.got is not None:
            text += f" (got {self.got})"
        return f"{text}. {self.advice}" if self.advice else text


class NotFound(BwcError):
    """Nothing is stored under that name."""

    code = "not-found"


class Conflict(BwcError):
    """The state of things forbids it now; it may be allowed later."""

    code = "conflict"


class NotPermitted(BwcError):
    """This person may not do that."""

    code = "not-permitted"


class InvalidInput(BwcError):
    """What came in cannot be used as it is."""

    code = "invalid-input"


class MediaError(InvalidInput):
    """A file that cannot be read as the video it should be."""

    code = "media"


class PolicyPackError(InvalidInput):
    """A pack, case or fact file that breaks its schema."""

    code = "policy-pack"


class IntegrityError(BwcError):
    """Custody or a hash is broken: never retried, always alarmed."""

    code = "integrity"


class TransientError(BwcError):
    """A failure of the moment; the only kind that is retried."""

    code = "transient"


class Cancelled(BwcError):
    """A person stopped the work before it ended."""

    code = "cancelled"
