"""The rules in force as plain text for everyone: what is published is what runs."""

from collections.abc import Iterator

from bwc.canonical import Json, JsonObject
from bwc.policy.rules import Obligation, Pack, Packs, Rule, Then
from bwc.policy.schema import Duty, Modality, Outcome
from bwc.release.bundle import put_state
from bwc.vault.protocol import PublicStore

INDEX = "policy/index.json"
THEN = {
    Outcome.RELEASE: "release the recordings",
    Outcome.RELEASE_REDACTED: "release the recordings, redacted",
    Outcome.VIEW_ONLY: "show the recordings without giving a copy",
    Outcome.INSPECT_ON_SITE: "let the recordings be inspected on site",
    Outcome.DELAY: "delay release",
    Outcome.WITHHOLD_PORTION: "withhold a part of the recordings",
    Outcome.WITHHOLD: "withhold the recordings",
    Outcome.REFER_COURT: "leave the question to a court",
    Outcome.REFER_HUMAN: "have a person decide",
    Outcome.NOT_A_VALID_REQUEST: "ask the requester for what is missing",
    Outcome.NO_RULE: "decide nothing",
}
ALSO = {
    Duty.REDACT: "hide",
    Duty.DO_NOT_REDACT: "do not hide",
    Duty.PRESERVE_ORIGINAL: "keep the original unaltered",
    Duty.NOTIFY: "tell",
    Duty.OFFER_VIEWING: "offer to show it to",
    Duty.CONSULT: "consult",
    Duty.OBTAIN_WRITTEN_CONSENT: "obtain the written consent of",
    Duty.WRITE_BASIS: "give the reasons in writing to",
    Duty.PUBLISH_EXPLANATION: "publish an explanation",
    Duty.CAPTION: "add captions",
    Duty.AUDIO_DESCRIBE: "add audio description",
    Duty.NO_FEE: "ask no fee of",
    Duty.CHARGE_FEE: "a fee may be asked of",
}
# Duties that are done to, with or for someone.
TOWARDS = frozenset(
    {
        Duty.NOTIFY,
        Duty.OFFER_VIEWING,
        Duty.CONSULT,
        Duty.OBTAIN_WRITTEN_CONSENT,
        Duty.WRITE_BASIS,
        Duty.NO_FEE,
        Duty.CHARGE_FEE,
    }
)


def publish_policy(public: PublicStore, packs: Packs) -> None:
    """Write each pack, then the index that names them; take away packs no longer in force."""
    for pack in packs.packs:
        put_state(public, f"policy/{pack.id}.json", pack_text(pack))
    index: JsonObject = {
        "format": "bwc-policy-index/1",
        "packs": [{**_head(pack), "rules": len(pack.rules)} for pack in packs.packs],
    }
    put_state(public, INDEX, index)
    current = {f"policy/{pack.id}.json" for pack in packs.packs} | {INDEX}
    for key in list(public.keys("policy/")):
        if key not in current:
            public.remove(key)


def pack_text(pack: Pack) -> JsonObject:
    """One pack, rule by rule."""
    rules: list[Json] = [_rule_text(rule, pack) for rule in pack.rules]
    return {"format": "bwc-policy/1", **_head(pack), "text": rules}


def _head(pack: Pack) -> JsonObject:
    return {
        "id": pack.id,
        "title": pack.title,
        "version": pack.version,
        "sha256": pack.sha256,
        "jurisdiction": pack.head.jurisdiction,
    }


def _rule_text(rule: Rule, pack: Pack) -> JsonObject:
    sources = [pack.head.sources.get(name, name) for name in rule.source]
    return {
        "id": rule.id,
        "pack": rule.pack,
        "title": rule.title,
        "citation": rule.citation,
        "source": "; ".join(sources) or None,
        "status": rule.status,
        "read_on": rule.read_on.isoformat(),
        "effective_from": rule.since.isoformat() if rule.since else None,
        "effective_to": rule.until.isoformat() if rule.until else None,
        "lines": list(_lines(rule)),
    }


def _lines(rule: Rule) -> Iterator[Json]:
    """When it applies, what follows, what else is owed."""
    when = rule.when.phrase()
    yield "Applies to every case." if when == "always" else f"Applies when {when}."
    yield from _outcome(rule.then)
    yield from _keeping(rule.then)
    for duty in rule.then.obligations:
        yield f"Also: {_duty(duty)}."


def _outcome(then: Then) -> Iterator[str]:
    """What the department does with the recordings."""
    if then.outcome is not None:
        verb = "may" if then.modality is Modality.MAY else "must"
        yield f"Then the department {verb} {THEN[then.outcome]}."
    if then.question is not None:
        yield f"The question is: {then.question}"
    if then.discretion is not None:
        yield f"The choice is that of the {then.discretion.replace('_', ' ')}."
    if then.due is not None:
        yield f"Due: {then.due.phrase()}."
    if then.until is not None:
        yield f"Until: {then.until.phrase()}."


def _keeping(then: Then) -> Iterator[str]:
    """How long the recordings are kept."""
    if then.keep is not None:
        yield f"Kept at least: {then.keep.phrase()}."
    if then.keep_while is not None:
        yield f"Kept as long as {then.keep_while}."
    if then.delete_by is not None:
        yield f"Deleted by: {then.delete_by.phrase()}."


def _duty(duty: Obligation) -> str:
    """One obligation as part of a sentence."""
    what = ", ".join(sorted(duty.elements or ())) or duty.element or ""
    verb = ALSO.get(duty.kind, duty.kind.value.lower())
    to = duty.to if duty.to and duty.kind in TOWARDS else ""
    said = " ".join(part for part in (verb, what, to) if part).replace("_", " ")
    if duty.each is not None:
        said += f", for {duty.each.phrase().replace('some entry in', 'each of the', 1)}"
    if duty.lead is not None:
        unit = duty.lead.unit.value.replace("_", " ")
        said += f", at least {duty.lead.amount} {unit} before release"
    return f"{said}: {duty.text.rstrip('.')}" if duty.text else said
