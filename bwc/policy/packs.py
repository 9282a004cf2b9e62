"""Packs on disk: `<folder>/<id>/pack.yaml` and `rules/*.yaml`, read strictly.

Any mistake is a PolicyPackError that names file, line, rule, what was expected and what is there.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path as File
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from bwc.canonical import JsonObject, digest
from bwc.errors import NotFound, PolicyPackError
from bwc.policy.build import Builder
from bwc.policy.kinds import Path
from bwc.policy.misread import Misread
from bwc.policy.rules import Pack, Packs, Rule
from bwc.policy.schema import PackText, RulesText, RuleText
from bwc.policy.yaml_text import YamlText, read_yaml

_Model = TypeVar("_Model", bound=BaseModel)

__all__ = ["Pack", "Packs", "load_packs", "pack_ids", "read_file"]


def load_packs(ids: Sequence[str], folder: File) -> Packs:
    """The packs named, each with its base before it, ready to decide.

    Raises:
        NotFound: no pack of that name.
        PolicyPackError: a pack that breaks its schema, or two rules of one name.
    """
    loaded: dict[str, Pack] = {}
    for pack_id in ids:
        _load(pack_id, folder, loaded, ())
    packs = Packs(tuple(loaded.values()))
    _refuse_twins(packs.rules)
    _refuse_dangling(packs.rules)
    return packs


def pack_ids(folder: File) -> list[str]:
    """The ids of all packs in `folder`, sorted."""
    return sorted(path.parent.name for path in folder.glob("*/pack.yaml"))


def read_file(path: File, *, name: str | None = None) -> YamlText:
    """One YAML file; errors call it `name`."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as exc:
        raise NotFound("there is no such file", where=name or path.name) from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise PolicyPackError("the file cannot be read", where=name or path.name) from exc
    return read_yaml(text, name or path.name)


def validated(model: type[_Model], text: YamlText) -> _Model:
    """`text` as `model`.

    Raises:
        PolicyPackError: the first mistake, with its line.
    """
    try:
        return model.model_validate(text.document)
    except ValidationError as exc:
        error = exc.errors()[0]
        path: Path = tuple(part for part in error["loc"])
        where = text.locate(path)
        expected = error["msg"].removeprefix("Value error, ")
        got = repr(error["input"])
        raise PolicyPackError(
            f"this breaks the schema{_of_rule(text, path)}",
            where=where,
            expected=expected,
            got=got if len(got) < 200 else f"{got[:200]}…",  # noqa: PLR2004 - a readable line
        ) from exc


def _load(pack_id: str, folder: File, loaded: dict[str, Pack], above: tuple[str, ...]) -> None:
    """Load one pack after its base; `above` are those that led here."""
    if pack_id in loaded:
        return
    if pack_id in above:
        chain = " → ".join((*above, pack_id))
        raise PolicyPackError("packs are based on one another", where=pack_id, got=chain)
    home = folder / pack_id
    if "/" in pack_id or not (home / "pack.yaml").is_file():
        raise NotFound(
            "there is no pack of this name",
            where=pack_id,
            expected=f"one of {', '.join(pack_ids(folder))}",
        )
    head_text = read_file(home / "pack.yaml", name=f"{pack_id}/pack.yaml")
    head = validated(PackText, head_text)
    if head.id != pack_id:
        where = head_text.locate(("id",))
        raise PolicyPackError("a pack is named as its folder", where=where, expected=pack_id)
    if head.base is not None:
        _load(head.base, folder, loaded, (*above, pack_id))
    base = loaded[head.base].terms if head.base else None
    try:
        builder = Builder.for_pack(head, base)
    except Misread as exc:
        raise _misread(exc, head_text, (), "") from exc
    files = [
        read_file(path, name=f"{pack_id}/rules/{path.name}")
        for path in sorted((home / "rules").glob("*.yaml"))
    ]
    rules = tuple(rule for text in files for rule in _rules(text, builder))
    content: JsonObject = {
        "pack": head_text.document,
        "rules": {text.name: text.document for text in files},
    }
    loaded[pack_id] = Pack(
        id=head.id,
        title=head.title,
        version=head.version,
        base=head.base,
        sha256=digest(content),
        head=head,
        terms=builder.terms,
        rules=rules,
    )


def _rules(text: YamlText, builder: Builder) -> Iterable[Rule]:
    """The rules of one file."""
    for index, rule in enumerate(validated(RulesText, text).rules):
        if not rule.id.startswith(f"{builder.pack.id}."):
            raise PolicyPackError(
                "a rule is named after its pack",
                where=text.locate(("rules", index, "id")),
                expected=f"{builder.pack.id}.<name>",
                got=rule.id,
            )
        for source in rule.source:
            if source not in builder.pack.sources:
                raise PolicyPackError(
                    f"rule {rule.id} names a source the pack does not list",
                    where=text.locate(("rules", index, "source")),
                    expected=", ".join(builder.pack.sources),
                    got=source,
                )
        yield _built(rule, index, text, builder)


def _built(rule: RuleText, index: int, text: YamlText, builder: Builder) -> Rule:
    try:
        return builder.rule(rule)
    except Misread as exc:
        raise _misread(exc, text, ("rules", index), f" (rule {rule.id})") from exc


def _misread(exc: Misread, text: YamlText, above: Path, rule: str) -> PolicyPackError:
    return PolicyPackError(
        f"{exc.what}{rule}",
        where=text.locate((*above, *exc.path)),
        expected=exc.expected,
        got=exc.got,
    )


def _of_rule(text: YamlText, path: Path) -> str:
    """` (rule us-co.x)` when the mistake stands inside a rule that has a name."""
    rules = text.document.get("rules")
    if len(path) > 1 and path[0] == "rules" and isinstance(rules, list):
        number = path[1]
        rule = rules[number] if isinstance(number, int) and number < len(rules) else None
        if isinstance(rule, dict) and "id" in rule:
            return f" (rule {rule['id']})"
    return ""


def _refuse_twins(rules: Iterable[Rule]) -> None:
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise PolicyPackError("two rules have one name", where=rule.pack, got=rule.id)
        seen.add(rule.id)


def _refuse_dangling(rules: Sequence[Rule]) -> None:
    """An override of a rule that does not exist is a typo that would change decisions."""
    names = {rule.id for rule in rules}
    for rule in rules:
        for other in rule.overrides - names:
            raise PolicyPackError(
                f"rule {rule.id} overrides a rule that is not loaded",
                where=rule.pack,
                got=other,
            )
