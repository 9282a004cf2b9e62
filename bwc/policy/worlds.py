"""What is unknown, tried both ways: does it change the verdict?

A world answers every open question with yes or no, the same question alike in every rule that asks
it. Questions of one fact count as independent of each other, which can only ask too much.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from bwc.policy.clocks import Reading
from bwc.policy.conditions import Question
from bwc.policy.decision import Finding
from bwc.policy.kleene import Truth
from bwc.policy.moments import Moment
from bwc.policy.resolve import Candidate, Defeat, Verdict, moment_key, resolve, standing
from bwc.policy.rules import Rule

_MANY: Final = 7
"""Beyond so many questions, not every combination of answers is tried."""

_Answers = tuple[Truth, ...]


@dataclass(frozen=True, slots=True)
class Settled:
    """The rules that stand in one world, and their verdict."""

    rules: tuple[Rule, ...]
    verdict: Verdict
    defeats: tuple[Defeat, ...]

    @property
    def key(self) -> tuple[object, ...]:
        """What must not depend on an unknown fact."""
        return self.verdict.modality, self.verdict.outcome, self.verdict.until


class Worlds:
    """The worlds of one case; `settled` is what is sure, or what all of them agree on."""

    def __init__(self, findings: Mapping[str, Finding]) -> None:
        """Try every way the open questions of `findings` may be answered."""
        self._findings = findings
        self._known: dict[frozenset[str], Settled] = {}
        self._sure = [f.rule for f in findings.values() if f.node.result is Truth.TRUE]
        self.unsure = [f for f in findings.values() if f.node.result is Truth.UNKNOWN]
        self._turning = [f for f in self.unsure if can_turn(f.rule)]
        asked = (question for f in self._turning for question in f.node.questions())
        self._questions: list[Question] = list(dict.fromkeys(asked))
        self._worlds = {answers: self._world(answers) for answers in self._answers()}
        sure = self._settle(())
        self.settled = sure if self.differ() else self._most_urgent(sure)

    def all(self) -> Iterable[Settled]:
        """Every world, and what is sure without any."""
        return [self.settled, *self._worlds.values()]

    def differ(self) -> bool:
        """Whether the verdict depends on what is unknown."""
        return len({world.key for world in self._worlds.values()}) > 1

    def matter(self) -> list[str]:
        """The facts whose answer can change the verdict or its deadline."""
        return list(dict.fromkeys(fact for (fact, _), turns in self._turns() if turns))

    def winners(self) -> list[Rule]:
        """The rules that decide, or may: what their clocks rest on must be known."""
        return [candidate.rule for world in self.all() for candidate in world.verdict.winners]

    def may_demand(self) -> list[Finding]:
        """The open findings whose rule is unbeaten in some world, so that its duties may fall due."""
        worlds = list(self._worlds.values())
        unbeaten = {r.id for w in worlds for r in w.rules if r.id not in w.verdict.beaten}
        return [f for f in self.unsure if not can_turn(f.rule) or f.rule.id in unbeaten]

    def _most_urgent(self, sure: Settled) -> Settled:
        """Where all worlds agree, the one with the earliest deadline (or what is sure, if it has)."""
        worlds = [sure, *self._worlds.values()]
        agreed = [world for world in worlds if world.key == next(iter(self._worlds.values())).key]
        dated = [world for world in agreed if world.verdict.due is not None]
        return min(dated, key=lambda w: moment_key(w.verdict.due)) if dated else agreed[0]

    def _turns(self) -> Iterator[tuple[Question, bool]]:
        """Whether each question, turned alone in some world, changes anything."""
        differs = self.differ()
        for index, question in enumerate(self._questions):
            if len(self._questions) > _MANY:
                yield question, differs
                continue
            pairs = ((a, _turned(a, index)) for a in self._worlds if a[index] is Truth.TRUE)
            yield (
                question,
                any(
                    self._full_key(self._worlds[a]) != self._full_key(self._worlds[b])
                    for a, b in pairs
                ),
            )

    def _full_key(self, world: Settled) -> tuple[object, ...]:
        return *world.key, world.verdict.due

    def _answers(self) -> Iterable[_Answers]:
        """Every combination, or where there are too many, all alike and each alone."""
        size = len(self._questions)
        if size <= _MANY:
            return product((Truth.FALSE, Truth.TRUE), repeat=size)
        alike = [(answer,) * size for answer in (Truth.FALSE, Truth.TRUE)]
        return [*alike, *(_turned(a, index) for a in alike for index in range(size))]

    def _world(self, answers: _Answers) -> Settled:
        given = dict(zip(self._questions, answers, strict=True))
        true = [f.rule for f in self._turning if f.node.under(given) is Truth.TRUE]
        return self._settle(true)

    def _settle(self, more: Sequence[Rule]) -> Settled:
        """The verdict of the sure rules and some more."""
        names = frozenset(rule.id for rule in more)
        if names not in self._known:
            fired = names | {rule.id for rule in self._sure}
            rules = [f.rule for f in self._findings.values() if f.rule.id in fired]
            left, defeats = standing(rules)
            found = (_candidate(self._findings[rule.id]) for rule in left)
            verdict = resolve([candidate for candidate in found if candidate is not None])
            self._known[names] = Settled(tuple(left), verdict, tuple(defeats))
        return self._known[names]


def can_turn(rule: Rule) -> bool:
    """Whether a rule can change the verdict at all."""
    return rule.then.outcome is not None or bool(rule.overrides)


def _turned(answers: _Answers, index: int) -> _Answers:
    """The same answers with one turned."""
    other = Truth.FALSE if answers[index] is Truth.TRUE else Truth.TRUE
    return (*answers[:index], other, *answers[index + 1 :])


def _candidate(finding: Finding) -> Candidate | None:
    then = finding.rule.then
    if then.outcome is None:
        return None
    due, until = _end(finding.due), _end(finding.until)
    return Candidate(finding.rule, then.outcome, then.modality, due=due, until=until)


def _end(reading: Reading | None) -> Moment | None:
    return None if reading is None else reading.due
