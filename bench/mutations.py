"""How many wrong files verification rejects: each kind of mutation on each kind of recording.

Those of smart renderings, which are partly copied, are made of one recording of four groups of pictures,
and of one whose sound is muted for a second.

The right file of each recording has to pass, else nothing that is said of the wrong ones counts.
Needs no footage and no models. Run it alone:

    .venv/bin/python bench/mutations.py
"""

import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bwc.canonical import JsonObject
from bwc.errors import MediaError
from bwc.redaction.certificate import Certified, public_certificate
from bwc.redaction.check_certificate import check_certificate
from bwc.redaction.fixity import sha256_of
from bwc.redaction.render import open_source
from tests import mutations_of_sound
from tests.mutations import RECORDINGS, Case
from tests.mutations_of_files import MUTATIONS
from tests.mutations_of_smart import WRONG, make_film
from tests.redactions import BlindFinder, failed, verify_clip

ANOTHERS = "another video's certificate is served"


@dataclass
class Tally:
    """Of one kind: how many were made, rejected, and rejected by the check that should."""

    made: int = 0
    rejected: int = 0
    named: int = 0

    def add(self, found: set[str], wanted: str) -> None:
        self.made += 1
        self.rejected += bool(found)
        self.named += wanted in found


def main() -> int:
    tallies = {kind: Tally() for kind in (*MUTATIONS, ANOTHERS)}
    smart = {kind: Tally() for kind in WRONG}
    sound = {kind: Tally() for kind in mutations_of_sound.WRONG}
    with tempfile.TemporaryDirectory() as folder:
        cases = [Case(Path(folder) / f"{at}", name) for at, name in enumerate(RECORDINGS)]
        passed = [not failed(verify_clip(case.clip, case.plan, case.good)) for case in cases]
        for case in cases:
            count_kinds(case, tallies)
        count_certificates(cases, tallies[ANOTHERS])
        passed.append(count_smart(Path(folder) / "smart", smart))
        passed.append(count_sound(Path(folder) / "sound", sound))
    names = ", ".join([*RECORDINGS, "a smart rendering", "copied sound"])
    print(f"{sum(passed)} of {len(passed)} right files pass: {names}\n")
    tallies |= {f"of a smart rendering, {kind}": tally for kind, tally in smart.items()}
    tallies |= {f"of copied sound, {kind}": tally for kind, tally in sound.items()}
    print("| a file where | made | rejected | by the check that should |")
    print("|---|---|---|---|")
    for kind, tally in tallies.items():
        print(f"| {kind} | {tally.made} | {tally.rejected} | {tally.named} |")
    made, rejected, named = totals(tallies.values())
    print(f"| **all {len(tallies)} kinds** | **{made}** | **{rejected}** | **{named}** |")
    return int(not all(passed) or rejected < made)


def count_kinds(case: Case, tallies: dict[str, Tally]) -> None:
    """Every mutation of one right file; a file that cannot be opened at all is rejected too."""
    for kind, mutation in MUTATIONS.items():
        for variant in range(mutation.variants):
            bad = mutation.make(case, variant)
            try:
                found = failed(verify_clip(case.clip, case.plan, bad))
            except MediaError:
                found = {"container"}
            tallies[kind].add(found, mutation.check)


def count_smart(folder: Path, tallies: dict[str, Tally]) -> bool:
    """Every mutation of one smart rendering; whether the right one passes."""
    folder.mkdir()
    film = make_film(folder)
    passed = not failed(verify_clip(film.clip, film.plan, film.good))
    for kind, (check, make) in WRONG.items():
        tallies[kind].add(failed(verify_clip(film.clip, film.plan, make(film))), check)
    return passed


def count_sound(folder: Path, tallies: dict[str, Tally]) -> bool:
    """Every mutation of one rendering whose sound was copied; whether the right one passes."""
    folder.mkdir()
    film = mutations_of_sound.make_film(folder)
    passed = not failed(verify_clip(film.clip, film.plan, film.good))
    for kind, (check, make) in mutations_of_sound.WRONG.items():
        tallies[kind].add(failed(verify_clip(film.clip, film.plan, make(film))), check)
    return passed


def count_certificates(cases: list[Case], tally: Tally) -> None:
    """The certificate of each right file beside each other file."""
    papers = [certificate_of(case) for case in cases]
    for at, case in enumerate(cases):
        for of, document in enumerate(papers):
            found = check_certificate(document, redacted=sha256_of(case.good))
            names = {finding.check.value for finding in found}
            if of == at:
                assert not names, "its own certificate is refused"
            else:
                tally.add(names, "certificate")


def certificate_of(case: Case) -> JsonObject:
    certified = Certified(
        original_sha256=sha256_of(case.clip.path),
        redacted_sha256=sha256_of(case.good),
        look=open_source(case.clip.path).look,
        plan=case.plan,
        verification=verify_clip(case.clip, case.plan, case.good),
        verifier=BlindFinder(),
        rendered_again=0,
    )
    return public_certificate(certified)


def totals(tallies: Iterable[Tally]) -> tuple[int, int, int]:
    listed = list(tallies)
    return (
        sum(tally.made for tally in listed),
        sum(tally.rejected for tally in listed),
        sum(tally.named for tally in listed),
    )


if __name__ == "__main__":
    sys.exit(main())
