"""`bwc policy check`: read every pack strictly, run its cases, and say what they do not show."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from bwc.canonical import Json, JsonObject
from bwc.cli.console import FINDING, exits, print_result
from bwc.policy.case_gaps import Gap, gaps
from bwc.policy.cases import Outcome, read_cases, run_with
from bwc.policy.packs import load_packs, pack_ids
from bwc.policy.shipped import SHIPPED


@dataclass(frozen=True, slots=True)
class _Checked:
    """One pack: how many rules, how each case went, and which cases are missing."""

    id: str
    rules: int
    outcomes: tuple[Outcome, ...]
    gaps: tuple[Gap, ...]

    @property
    def failed(self) -> list[Outcome]:
        """The cases that came out otherwise than written."""
        return [outcome for outcome in self.outcomes if outcome.differences]

    def document(self) -> JsonObject:
        """The pack as JSON."""
        return {
            "id": self.id,
            "rules": self.rules,
            "cases": len(self.outcomes),
            "failed": len(self.failed),
            "failures": [
                {"case": o.case.number, "differences": list(o.differences)} for o in self.failed
            ],
            "gaps": [gap.document() for gap in self.gaps],
        }

    @property
    def is_proven(self) -> bool:
        """Whether its cases pass and show every rule; rules without a case prove nothing."""
        return not self.failed and not self.gaps and bool(self.outcomes)

    def lines(self) -> Iterator[str]:
        """What is wrong with it, for people: failing cases, then cases that are missing."""
        if not self.outcomes:
            yield f"missing cases: {self.id} has none"
        for failure in self.failed:
            case = failure.case
            for line in failure.differences:
                yield f"{case.where} {case.number} {case.title}: {line}"
        for gap in self.gaps:
            for missing in gap.missing:
                yield f"missing case: {gap.rule} needs {missing}"


def check_command(
    pack: Annotated[list[str] | None, typer.Option("--pack", help="Only these packs.")] = None,
    packs: Annotated[Path, typer.Option("--packs", help="Folder of packs.")] = SHIPPED,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Read every pack, run its cases, and list those that are missing: either fails the check."""
    with exits():
        checked = [_check(pack_id, packs) for pack_id in pack or pack_ids(packs)]
        lines = [
            f"{item.id}: {item.rules} rules, {len(item.outcomes)} cases, {len(item.failed)} failed"
            for item in checked
        ]
        lines += [line for item in checked for line in item.lines()]
        documents: list[Json] = [item.document() for item in checked]
        print_result({"packs": documents}, text="\n".join(lines), as_json=as_json)
    if not all(item.is_proven for item in checked):
        raise typer.Exit(FINDING)


def _check(pack_id: str, folder: Path) -> _Checked:
    """One pack with its cases run."""
    own = next(item for item in load_packs([pack_id], folder).packs if item.id == pack_id)
    cases = read_cases(pack_id, folder)
    loaded = {ids: load_packs(ids, folder) for ids in {case.packs for case in cases}}
    outcomes = tuple(run_with(case, loaded[case.packs]) for case in cases)
    return _Checked(pack_id, len(own.rules), outcomes, tuple(gaps(own, outcomes)))
