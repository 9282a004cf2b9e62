"""The rules in force as plain text for everyone: what is published is what runs."""

from bwc.canonical import Json, JsonObject, canonical_bytes
from bwc.policy.rules import Pack, Packs, Rule
from bwc.release.bundle import JSON
from bwc.vault.protocol import PublicStore

INDEX = "policy/index.json"


def publish_policy(public: PublicStore, packs: Packs) -> None:
    """Write each pack, then the index that names them; take away packs no longer in force."""
    for pack in packs.packs:
        body = canonical_bytes(pack_text(pack))
        public.replace(f"policy/{pack.id}.json", body, content_type=JSON)
    index: JsonObject = {
        "format": "bwc-policy-index/1",
        "packs": [{**_head(pack), "rules": len(pack.rules)} for pack in packs.packs],
    }
    public.replace(INDEX, canonical_bytes(index), content_type=JSON)
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
        "source": sources[0] if sources else None,
        "status": rule.status,
        "read_on": rule.read_on.isoformat(),
        "effective_from": rule.since.isoformat() if rule.since else None,
        "effective_to": rule.until.isoformat() if rule.until else None,
        "lines": _lines(rule),
    }


def _lines(rule: Rule) -> list[Json]:
    """When it applies, what follows, for whom."""
    lines: list[Json] = [f"Applies when {rule.when.phrase()}."]
    then = rule.then
    if then.outcome is not None:
        said = then.outcome.value.lower().replace("_", " ")
        verb = then.modality.value.lower().replace("_", " ") if then.modality else None
        lines.append(f"Then the department {verb} disclose: {said}." if verb else f"Then: {said}.")
    if then.due is not None:
        lines.append(f"Due: {then.due.phrase()}.")
    if then.discretion is not None:
        lines.append(f"The choice is that of: {then.discretion.replace('_', ' ')}.")
    for duty in then.obligations:
        about = " ".join(
            part for part in (duty.element, f"to {duty.to}" if duty.to else "") if part
        )
        words = f"{duty.kind.value.lower()} {about}".replace("_", " ").strip()
        lines.append(f"Also required: {words}." if not duty.text else f"Also required: {duty.text}")
    return lines
