"""Which of the rules that fired decides: the order of authority and what is declared beside it.

The rules of conflict, by the numbers of the guide in policies/README.md: (1) order of authority,
(2) declared overrides, `topic` with the later rule, `notwithstanding`, (3) MUST against MUST_NOT
at one rank goes to a human, (4) least withholding, (8) the earliest due of every MUST.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from bwc.policy.moments import Moment, sort_key
from bwc.policy.rules import LAYERS, Rule
from bwc.policy.schema import Modality, Outcome

OPENNESS: Final = (
    Outcome.RELEASE,
    Outcome.RELEASE_REDACTED,
    Outcome.WITHHOLD_PORTION,
    Outcome.INSPECT_ON_SITE,
    Outcome.VIEW_ONLY,
    Outcome.DELAY,
    Outcome.REFER_COURT,
    Outcome.WITHHOLD,
)
"""From the most to the least disclosure."""

_UTC: Final = ZoneInfo("UTC")

DISCLOSES: Final = frozenset(OPENNESS[: OPENNESS.index(Outcome.DELAY)])
"""Outcomes in which the audience gets to see something."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A fired rule that has an outcome, with its clocks read."""

    rule: Rule
    outcome: Outcome
    modality: Modality | None
    due: Moment | None = None
    until: Moment | None = None

    @property
    def demands(self) -> bool:
        """Whether it obliges the agency to disclose, now or later."""
        return self.modality is Modality.MUST

    @property
    def forbids(self) -> bool:
        """Whether it forbids disclosure."""
        return self.modality is Modality.MUST_NOT


@dataclass(frozen=True, slots=True)
class Defeat:
    """A rule that fired and does not decide.

    A beaten rule demands nothing. `keeps_duties` are those that are not beaten: a permission that
    a lower authority uses the same way is used on its own conditions, a lower authority's reviews
    of a delay go with the higher one's delay (conflict rule 1), and a rule that waits for a human's
    answer goes on running (rule 3).
    """

    rule: str
    by: str
    why: str
    keeps_duties: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules together say, and who said it.

    `shown_due` are deadlines that keep running although their rule lost; `risks` are the rules
    of which one will be broken whatever a human decides.
    """

    modality: Modality | None = None
    outcome: Outcome = Outcome.NO_RULE
    winners: tuple[Candidate, ...] = ()
    portions: tuple[Candidate, ...] = ()
    shown_due: tuple[Candidate, ...] = ()
    defeats: tuple[Defeat, ...] = ()
    risks: tuple[str, ...] = ()
    question: str | None = None
    role: str | None = None
    layer: int = field(default=len(LAYERS))

    @property
    def beaten(self) -> frozenset[str]:
        """The rules that demand nothing, because they were beaten."""
        return frozenset(defeat.rule for defeat in self.defeats if not defeat.keeps_duties)

    @property
    def due(self) -> Moment | None:
        """The earliest deadline, of those that stand or else of those that keep running.

        Under a prohibition a duty that keeps running is shown before the day of the refusal.
        """
        own = _moments(c.due for c in self.winners)
        running = _moments(c.due for c in self.shown_due)
        is_first = self.modality is Modality.MUST_NOT and bool(running)
        return min(running if is_first or not own else own, key=moment_key, default=None)

    @property
    def until(self) -> Moment | None:
        """Until when disclosure waits: the longest of the delays that stand."""
        if self.outcome is not Outcome.DELAY:
            return None
        return max(_moments(c.until for c in self.winners), key=moment_key, default=None)


def standing(rules: Sequence[Rule]) -> tuple[list[Rule], list[Defeat]]:
    """The fired rules that no other fired rule overrides, and how the others fell.

    A rule that is itself overridden overrides nothing. A lower authority cannot override a
    higher MUST_NOT, nor turn a higher MUST into withholding (conflict rules 1 and 2).
    """
    by_target: dict[str, list[Rule]] = {}
    for rule in rules:
        for target in rule.overrides:
            by_target.setdefault(target, []).append(rule)
    for older, newer in _same_topic(rules):
        by_target.setdefault(older.id, []).append(newer)
    settled: dict[str, Rule | None] = {}

    def victor(rule: Rule) -> Rule | None:
        if rule.id not in settled:
            settled[rule.id] = None
            rivals = (r for r in by_target.get(rule.id, ()) if _may_override(r, rule))
            settled[rule.id] = next((r for r in rivals if victor(r) is None), None)
        return settled[rule.id]

    left = [rule for rule in rules if victor(rule) is None]
    defeats = [
        Defeat(rule.id, by.id, _why(rule, by)) for rule in rules if (by := victor(rule)) is not None
    ]
    return left, defeats


def resolve(candidates: Sequence[Candidate]) -> Verdict:
    """The verdict of all candidates: within each authority first, then from the highest down."""
    portions = tuple(c for c in candidates if c.outcome is Outcome.WITHHOLD_PORTION)
    whole = [c for c in candidates if c.outcome is not Outcome.WITHHOLD_PORTION]
    verdict = Verdict()
    for layer in range(len(LAYERS)):
        here = [c for c in whole if c.rule.layer == layer]
        if here:
            verdict = _below(verdict, _within(here, layer))
    return _with_portions(verdict, portions)


def _within(candidates: list[Candidate], layer: int) -> Verdict:
    """One authority's verdict."""
    candidates, defeats = _notwithstanding(candidates)
    settle = (_referred, _invalid, _torn, _forbidden, _demanded, _permitted)
    verdict = next(v for step in settle if (v := step(candidates)) is not None)
    winners = {c.rule.id for c in verdict.winners}
    waits = verdict.outcome is Outcome.REFER_HUMAN
    why = "waits for a human's answer" if waits else "the stronger rule of the same authority"
    lost = [
        Defeat(c.rule.id, verdict.winners[0].rule.id, why, keeps_duties=waits)
        for c in candidates
        if c.rule.id not in winners and c.rule.id not in verdict.risks
    ]
    return replace(verdict, layer=layer, defeats=(*defeats, *lost))


def _notwithstanding(candidates: list[Candidate]) -> tuple[list[Candidate], list[Defeat]]:
    """A rule that holds `notwithstanding` the others silences those that oppose it."""
    strong = [c for c in candidates if c.rule.is_notwithstanding]
    if not strong:
        return candidates, []
    kept: list[Candidate] = []
    defeats: list[Defeat] = []
    for candidate in candidates:
        rival = next((s for s in strong if s.modality is not candidate.modality), None)
        if rival is None or candidate.rule.is_notwithstanding:
            kept.append(candidate)
        else:
            why = "holds notwithstanding other law of the same authority"
            defeats.append(Defeat(candidate.rule.id, rival.rule.id, why))
    return kept, defeats


def _referred(candidates: list[Candidate]) -> Verdict | None:
    """A rule that asks a human."""
    asking = tuple(c for c in candidates if c.outcome is Outcome.REFER_HUMAN)
    if not asking:
        return None
    then = asking[0].rule.then
    return Verdict(
        modality=then.modality,
        outcome=Outcome.REFER_HUMAN,
        winners=asking,
        shown_due=tuple(c for c in candidates if c.demands),
        question=then.question,
        role=then.role,
    )


def _invalid(candidates: list[Candidate]) -> Verdict | None:
    """A request that is not one; a prohibition stands without any request."""
    invalid = tuple(c for c in candidates if c.outcome is Outcome.NOT_A_VALID_REQUEST)
    if not invalid or any(c.forbids for c in candidates):
        return None
    return Verdict(outcome=Outcome.NOT_A_VALID_REQUEST, winners=invalid)


def _torn(candidates: list[Candidate]) -> Verdict | None:
    """MUST against MUST_NOT: only a human may choose which to break (conflict rule 3)."""
    musts = tuple(c for c in candidates if c.demands and c.outcome in DISCLOSES)
    bars = tuple(c for c in candidates if c.forbids)
    if not musts or not bars:
        return None
    released = ", ".join(c.rule.id for c in musts)
    barred = ", ".join(c.rule.id for c in bars)
    return Verdict(
        outcome=Outcome.REFER_HUMAN,
        winners=(*musts, *bars),
        shown_due=musts,
        risks=tuple(c.rule.id for c in (*musts, *bars)),
        question=f"{released} demands release and {barred} forbids it: releasing breaks the one, "
        "a late release breaks the other",
        role="legal_counsel",
    )


def _forbidden(candidates: list[Candidate]) -> Verdict | None:
    bars = [c for c in candidates if c.forbids]
    if not bars:
        return None
    outcome = max((c.outcome for c in bars), key=_severity)
    return Verdict(
        modality=Modality.MUST_NOT,
        outcome=outcome,
        winners=tuple(c for c in bars if c.outcome is outcome),
        shown_due=tuple(c for c in candidates if c.demands),
    )


def _demanded(candidates: list[Candidate]) -> Verdict | None:
    """MUSTs together: the most open of them, with every deadline (conflict rules 4 and 8)."""
    musts = tuple(c for c in candidates if c.demands)
    if not musts:
        return None
    outcome = min((c.outcome for c in musts), key=OPENNESS.index)
    return Verdict(modality=Modality.MUST, outcome=outcome, winners=_first(musts, outcome))


def _permitted(candidates: list[Candidate]) -> Verdict:
    """MAYs together: the least withholding (conflict rule 4)."""
    outcome = min((c.outcome for c in candidates), key=OPENNESS.index)
    winners = tuple(c for c in candidates if c.outcome is outcome)
    return Verdict(modality=winners[0].modality, outcome=outcome, winners=winners)


def _below(higher: Verdict, lower: Verdict) -> Verdict:
    """What stands when a lower authority speaks after a higher one (conflict rule 1)."""
    if higher.outcome is Outcome.NO_RULE:
        return replace(lower, defeats=(*higher.defeats, *lower.defeats))
    both_must = higher.modality is Modality.MUST and lower.modality is Modality.MUST
    if both_must and lower.outcome is not Outcome.DELAY:
        return replace(
            higher,
            winners=(*higher.winners, *lower.winners),
            defeats=(*higher.defeats, *lower.defeats),
        )
    if higher.modality is Modality.MUST_NOT and lower.modality is Modality.MUST_NOT:
        return replace(higher, defeats=(*higher.defeats, *lower.defeats))
    if higher.modality is Modality.MAY:
        winner = lower.winners[0].rule.id
        same_way = (higher.outcome in DISCLOSES) is (lower.outcome in DISCLOSES)
        why = "a lower authority may narrow what a higher one leaves open"
        lost = _lost(higher, winner, why, keeps_duties=same_way)
        return replace(lower, defeats=(*higher.defeats, *lower.defeats, *lost))
    winner = higher.winners[0].rule.id
    why = "a lower authority cannot undo what a higher one demands or forbids"
    same_delay = both_must and higher.outcome is Outcome.DELAY
    if same_delay:
        why = "the delay is the higher authority's; what the lower one asks of a delay stays asked"
    lost = _lost(lower, winner, why, keeps_duties=same_delay)
    running = tuple(c for c in lower.winners if c.demands)
    return replace(
        higher,
        shown_due=(*higher.shown_due, *lower.shown_due, *running),
        defeats=(*higher.defeats, *lower.defeats, *lost),
    )


def _with_portions(verdict: Verdict, portions: tuple[Candidate, ...]) -> Verdict:
    """Withhold a portion and leave the rest to the other rules."""
    binding = tuple(
        c
        for c in portions
        if verdict.modality is not Modality.MUST or c.rule.layer <= verdict.layer
    )
    idle = [c for c in portions if c not in binding]
    if idle:
        why = "a lower authority cannot undo what a higher one demands or forbids"
        lost = (Defeat(c.rule.id, verdict.winners[0].rule.id, why) for c in idle)
        verdict = replace(verdict, defeats=(*verdict.defeats, *lost))
    if not binding:
        return verdict
    if verdict.outcome is Outcome.NO_RULE:
        return replace(
            verdict,
            modality=binding[0].modality,
            outcome=Outcome.WITHHOLD_PORTION,
            winners=binding,
            portions=binding,
        )
    if verdict.outcome in DISCLOSES and verdict.outcome is not Outcome.VIEW_ONLY:
        return replace(verdict, outcome=Outcome.WITHHOLD_PORTION, portions=binding)
    return replace(verdict, portions=binding)


def _same_topic(rules: Sequence[Rule]) -> Iterable[tuple[Rule, Rule]]:
    """Pairs of one topic and authority of which the second is the later law."""
    for older in rules:
        for newer in rules:
            if older.topic is None or older.topic != newer.topic or older.layer != newer.layer:
                continue
            if (older.since or date.min) < (newer.since or date.min):
                yield older, newer


def _may_override(rule: Rule, target: Rule) -> bool:
    """Whether authority allows the declared override."""
    if rule.layer <= target.layer or target.then.modality is Modality.MAY:
        return True
    if target.then.modality is Modality.MUST_NOT:
        return False
    return rule.then.outcome in DISCLOSES or rule.then.outcome is None


def _why(rule: Rule, by: Rule) -> str:
    if rule.id in by.overrides:
        return "the more specific rule, as declared"
    return "the later law on the same subject"


def _lost(verdict: Verdict, by: str, why: str, *, keeps_duties: bool = False) -> tuple[Defeat, ...]:
    return tuple(Defeat(c.rule.id, by, why, keeps_duties) for c in verdict.winners)


def _first(candidates: tuple[Candidate, ...], outcome: Outcome) -> tuple[Candidate, ...]:
    """All candidates, those with `outcome` first; a delay does not stop another's release."""
    if outcome is Outcome.DELAY:
        return candidates
    chosen = [c for c in candidates if c.outcome is outcome]
    others = [c for c in candidates if c.outcome not in (outcome, Outcome.DELAY)]
    return (*chosen, *others)


def _severity(outcome: Outcome) -> int:
    """Among prohibitions: a door that a court can open counts before a closed one."""
    order = (Outcome.DELAY, Outcome.WITHHOLD, Outcome.REFER_COURT)
    return order.index(outcome) if outcome in order else -1


def _moments(found: Iterable[Moment | None]) -> list[Moment]:
    return [moment for moment in found if moment is not None]


def moment_key(moment: Moment | None) -> datetime:
    """Order of days and instants; no moment comes last. Zones hardly matter between deadlines."""
    return datetime.max.replace(tzinfo=UTC) if moment is None else sort_key(moment, _UTC)
