"""From the text of a pack to rules that can be tested."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bwc.policy.calendars import Calendar
from bwc.policy.clocks import Clock
from bwc.policy.conditions import ALWAYS, Entries, Quantity
from bwc.policy.kinds import Path, Register
from bwc.policy.misread import Misread
from bwc.policy.reading import Reader
from bwc.policy.rules import Contested, Obligation, Rule, Then, audience_of
from bwc.policy.schema import ClockRef, Duty, ObligationText, PackText, RuleText, ThenText
from bwc.policy.scope import Terms
from bwc.policy.vocabulary import AUDIENCES, FACTS
from bwc.policy.words import ELEMENT

_BLOCKING: Final = frozenset(
    {
        Duty.REDACT,
        Duty.HASH,
        Duty.NOTIFY,
        Duty.OFFER_VIEWING,
        Duty.CONSULT,
        Duty.OBTAIN_WRITTEN_CONSENT,
        Duty.PUBLISH_EXPLANATION,
        Duty.EXEMPTION_LOG,
    }
)
"""Kinds that must be proven before anything leaves, unless a rule says otherwise."""

_OWNERS: Final[Mapping[Duty, str]] = {
    Duty.REDACT: "reviewer",
    Duty.DO_NOT_REDACT: "reviewer",
    Duty.WRITE_BASIS: "legal_counsel",
    Duty.REQUEST_AG_RULING: "legal_counsel",
    Duty.FILE_PETITION: "legal_counsel",
    Duty.REPORT: "auditor",
}


@dataclass(frozen=True, slots=True)
class Builder:
    """Builds the rules of one pack, with the terms it takes over from its base."""

    pack: PackText
    reader: Reader
    terms: Terms

    @classmethod
    def for_pack(cls, pack: PackText, base: Terms | None) -> "Builder":
        """Read the head: clocks first, then definitions, each with those before it.

        Raises:
            Misread: a term that cannot be read, or a time zone that does not exist.
        """
        clocks: dict[str, Clock] = dict(base.clocks) if base else {}
        definitions = dict(base.definitions) if base else {}
        reader = Reader(clocks, definitions)
        for name, text in pack.clocks.items():
            clocks[name] = reader.clock(text, ("clocks", name))
        for name, raw in pack.definitions.items():
            definitions[name] = reader.condition(raw, ("definitions", name))
        try:
            zone = ZoneInfo(pack.timezone)
        except (ZoneInfoNotFoundError, ValueError) as exc:
            expected = "an IANA name such as America/Denver"
            raise Misread(("timezone",), "no such time zone", expected, pack.timezone) from exc
        calendar = Calendar(
            pack.calendar.country,
            pack.calendar.subdivision,
            pack.calendar.observed,
            frozenset(pack.calendar.extra),
            frozenset(pack.calendar.working),
        )
        return cls(pack, reader, Terms(zone, calendar, clocks, definitions))

    def rule(self, text: RuleText) -> Rule:
        """One rule.

        Raises:
            Misread: a condition, clock or audience that cannot be read.
        """
        if text.audience != "anyone":
            for index, name in enumerate(text.audience):
                if name not in AUDIENCES:
                    expected = ", ".join(AUDIENCES)
                    raise Misread(("audience", index), "no such audience", expected, name)
        contested = text.contested
        return Rule(
            id=text.id,
            pack=self.pack.id,
            title=text.title,
            citation=text.citation,
            source=tuple(text.source),
            read_on=text.read_on,
            basis=text.basis,
            status=text.status,
            verified_by=text.verified_by,
            verified_on=text.verified_on,
            to_verify=text.to_verify,
            since=text.effective.since,
            until=text.effective.until,
            authority=text.authority or self.pack.authority,
            audience=audience_of(text.audience),
            when=self.reader.condition(text.when, ("when",)),
            then=self._then(text.then, ("then",)),
            overrides=frozenset(text.overrides),
            is_notwithstanding=text.notwithstanding,
            topic=text.topic,
            contested=None
            if contested is None
            else Contested(contested.question, contested.reading, contested.case),
            terms=self.terms,
        )

    def _then(self, text: ThenText, path: Path) -> Then:
        return Then(
            modality=text.modality,
            outcome=text.outcome,
            due=self._clock(text.due, (*path, "due")),
            until=self._clock(text.until, (*path, "until")),
            renew_every=self.reader.length(text.renew_every),
            discretion=text.discretion,
            question=text.question,
            role=text.role,
            missing=tuple(text.missing),
            obligations=tuple(
                self._obligation(item, (*path, "obligations", index))
                for index, item in enumerate(text.obligations)
            ),
            keep=self._clock(text.keep, (*path, "keep")),
            keep_while=text.keep_while,
            delete_by=self._clock(text.delete_by, (*path, "delete_by")),
            keep_metadata=self._clock(text.keep_metadata, (*path, "keep_metadata")),
            destroy=text.destroy,
            camera=text.camera,
        )

    def _obligation(self, text: ObligationText, path: Path) -> Obligation:
        kind = text.kind
        blocks = kind in _BLOCKING if text.blocks_release is None else text.blocks_release
        for index, element in enumerate(text.elements or ()):
            if element not in ELEMENT.words:
                where = (*path, "elements", index)
                raise Misread(where, "no such element", ", ".join(ELEMENT.words), element)
        return Obligation(
            kind=kind,
            to=text.to,
            owner=text.owner or _OWNERS.get(kind, "records_officer"),
            element=text.element,
            elements=None if text.elements is None else frozenset(text.elements),
            each=self._each(text, path),
            when=None if text.when is None else self.reader.condition(text.when, (*path, "when")),
            due=self._clock(text.due, (*path, "due")),
            lead=self.reader.length(text.lead),
            met_by=None
            if text.met_by is None
            else self.reader.condition(text.met_by, (*path, "met_by")),
            every=self.reader.length(text.every),
            counted_from=self._clock(text.counted_from, (*path, "counted_from")),
            method=text.method,
            is_protected=text.protected,
            blocks_release=blocks,
            fee=text.fee,
            text=text.text,
        )

    def _each(self, text: ObligationText, path: Path) -> Entries | None:
        """The entries an obligation is for; for segments, those with one of its elements."""
        if text.each is None:
            if text.where is not None:
                raise Misread((*path, "where"), "where needs each", "each: persons", "none")
            return None
        register = FACTS[text.each].kind
        if not isinstance(register, Register):
            raise Misread((*path, "each"), "not a register", "persons or segments", text.each)
        fields = register.of.facts
        where = (
            ALWAYS
            if text.where is None
            else self.reader.condition(text.where, (*path, "where"), fields)
        )
        return Entries(Quantity.SOME, (text.each,), fields, where)

    def _clock(self, reference: ClockRef | None, path: Path) -> Clock | None:
        return None if reference is None else self.reader.clock_reference(reference, path)
