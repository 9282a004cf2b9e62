"""The rules in force as plain text for everyone: what is published is what runs."""

from bwc.canonical import Json, JsonObject
from bwc.policy.rules import Pack, Packs, Rule
from bwc.policy.text import pack_head, rule_lines
from bwc.release.bundle import put_state
from bwc.vault.protocol import PublicStore

INDEX = "policy/index.json"


def publish_policy(public: PublicStore, packs: Packs) -> None:
    """Write each pack, then the index that names them; take away packs no longer in force."""
    for pack in packs.packs:
        put_state(public, f"policy/{pack.id}.json", pack_text(pack))
    index: JsonObject = {
        "format": "bwc-policy-index/1",
        "packs": [{**pack_head(pack), "rules": len(pack.rules)} for pack in packs.packs],
    }
    put_state(public, INDEX, index)
    current = {f"policy/{pack.id}.json" for pack in packs.packs} | {INDEX}
    for key in list(public.keys("policy/")):
        if key not in current:
            public.remove(key)


def pack_text(pack: Pack) -> JsonObject:
    """One pack, rule by rule."""
    rules: list[Json] = [_rule_text(rule, pack) for rule in pack.rules]
    return {"format": "bwc-policy/1", **pack_head(pack), "text": rules}


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
        "lines": list(rule_lines(rule)),
    }
