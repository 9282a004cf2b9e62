"""A rule as plain text, in the words by which it decides.

There is one such text: the portal's policy page shows it, and the difference between two versions
of a pack is a difference of it. Whatever a rule can say is said here, or what is published would
not be what runs.
"""

from collections.abc import Iterator

from bwc.canonical import Json, JsonObject
from bwc.policy.rules import Obligation, Pack, Rule, Then
from bwc.policy.schema import Duty, Modality, Outcome

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


def pack_head(pack: Pack) -> JsonObject:
    """What a pack is called, and the hash of its text."""
    return {
        "id": pack.id,
        "title": pack.title,
        "version": pack.version,
        "sha256": pack.sha256,
        "jurisdiction": pack.head.jurisdiction,
    }


def rule_text(rule: Rule) -> JsonObject:
    """One rule: its citation, its dates, its standing, and what it says, line by line."""
    return {
        "id": rule.id,
        "title": rule.title,
        "citation": rule.citation,
        "source": list(rule.source),
        "read_on": rule.read_on.isoformat(),
        "status": rule.status,
        "basis": rule.basis,
        "to_verify": rule.to_verify,
        "verified_by": rule.verified_by,
        "verified_on": None if rule.verified_on is None else rule.verified_on.isoformat(),
        "from": None if rule.since is None else rule.since.isoformat(),
        "to": None if rule.until is None else rule.until.isoformat(),
        "lines": [*rule_lines(rule)],
    }


def rule_lines(rule: Rule) -> Iterator[Json]:
    """For whom it is, when it applies, what follows, what else is owed, what it stands before."""
    if rule.audience is not None:
        named = ", ".join(sorted(rule.audience)).replace("_", " ")
        yield f"It is about release to: {named}."
    when = rule.when.phrase()
    yield "Applies to every case." if when == "always" else f"Applies when {when}."
    yield from _outcome(rule.then)
    yield from _keeping(rule.then)
    if rule.then.camera is not None:
        yield f"The camera {rule.then.camera.value.replace('_', ' ').lower()}."
    for duty in rule.then.obligations:
        yield f"Also: {_duty(duty)}."
    for name in sorted(rule.overrides):
        yield f"It stands before the rule {name}."
    if rule.contested is not None:
        yield f"The law is unsettled here: {rule.contested.case.rstrip('.')}."


def _outcome(then: Then) -> Iterator[str]:
    """What the department does with the recordings."""
    if then.outcome is not None:
        verb = "may" if then.modality is Modality.MAY else "must"
        yield f"Then the department {verb} {THEN[then.outcome]}."
    if then.question is not None:
        yield f"The question is: {then.question}"
    if then.role is not None:
        yield f"It is for the {then.role.replace('_', ' ')} to decide."
    if then.missing:
        names = ", ".join(item.name for item in then.missing).replace("_", " ")
        yield f"A valid request must name: {names}."
    if then.discretion is not None:
        yield f"The choice is that of the {then.discretion.replace('_', ' ')}."
    if then.due is not None:
        yield f"Due: {then.due.phrase()}."
    if then.until is not None:
        yield f"Until: {then.until.phrase()}."
    if then.renew_every is not None:
        yield f"To be renewed every {then.renew_every.phrase()}."


def _keeping(then: Then) -> Iterator[str]:
    """How long the recordings are kept."""
    if then.keep is not None:
        yield f"Kept at least: {then.keep.phrase()}."
    if then.keep_while is not None:
        yield f"Kept as long as {then.keep_while}."
    if then.delete_by is not None:
        yield f"Deleted by: {then.delete_by.phrase()}."
    if then.keep_metadata is not None:
        yield f"What is known of it is kept at least: {then.keep_metadata.phrase()}."
    if then.destroy:
        yield "A court has ordered it destroyed."


def _duty(duty: Obligation) -> str:
    """One obligation as part of a sentence."""
    what = ", ".join(sorted(duty.elements or ())) or duty.element or ""
    verb = ALSO.get(duty.kind, duty.kind.value.lower())
    to = duty.to if duty.to and duty.kind in TOWARDS else ""
    said = " ".join(part for part in (verb, what, to) if part).replace("_", " ")
    if duty.each is not None:
        said += f", for {duty.each.phrase().replace('some entry in', 'each of the', 1)}"
    if duty.when is not None:
        said += f", when {duty.when.phrase()}"
    if duty.lead is not None:
        said += f", at least {duty.lead.phrase()} before release"
    if duty.every is not None:
        said += f", every {duty.every.phrase()}"
    if duty.counted_from is not None:
        said += f", counted from {duty.counted_from.phrase()}"
    if duty.due is not None:
        said += f", by {duty.due.phrase()}"
    return f"{said}: {duty.text.rstrip('.')}" if duty.text else said
