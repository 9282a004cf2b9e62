"""A part of a pack that cannot be read, before it is known in which file and line it stands."""

from bwc.policy.kinds import Path


class Misread(Exception):
    """Turned into a PolicyPackError with file and line by `bwc.policy.packs`."""

    def __init__(self, path: Path, what: str, expected: str, got: str) -> None:
        """Keep what the final message needs.

        Args:
            path: where in the rule or head the part stands.
            what: what is wrong.
            expected: what would have been right.
            got: what was found.
        """
        self.path = path
        self.what = what
        self.expected = expected
        self.got = got
        super().__init__(what)
