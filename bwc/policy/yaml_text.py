"""YAML as written, with the line of every value, so that an error can point at it.

YAML 1.2 reading: only `true` and `false` are booleans, days and times stay text, and a key that
comes twice is an error.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import yaml

from bwc.canonical import Json, JsonObject
from bwc.errors import PolicyPackError
from bwc.policy.kinds import Path, dotted

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?[0-9]+\.[0-9]+")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The fast reader where PyYAML was built with it."""

_PLAIN: Mapping[str, Json] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}


@dataclass(frozen=True, slots=True)
class YamlText:
    """A document and where its values stand."""

    name: str
    document: JsonObject
    lines: Mapping[Path, int]

    def locate(self, path: Path) -> str:
        """`rules.yaml:12: rules.0.when` for a path, or for the nearest that was written."""
        nearest = path
        while nearest and nearest not in self.lines:
            nearest = nearest[:-1]
        line = self.lines.get(nearest, 1)
        return f"{self.name}:{line}: {dotted(path)}" if path else f"{self.name}:{line}"

    def under(self, path: Path, document: JsonObject) -> "YamlText":
        """The part below `path`, which still knows its lines."""
        size = len(path)
        lines = {key[size:]: line for key, line in self.lines.items() if key[:size] == path}
        return YamlText(self.name, document, lines)


def read_yaml(text: str, name: str) -> YamlText:
    """Read one YAML mapping.

    Raises:
        PolicyPackError: not YAML, not a mapping, or a key that comes twice.
    """
    try:
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        where = f"{name}:{mark.line + 1}" if mark is not None else name
        problem = str(getattr(exc, "problem", None) or exc)
        raise PolicyPackError("not YAML", where=where, got=problem) from exc
    if not isinstance(root, yaml.MappingNode):
        raise PolicyPackError("an empty or shapeless file", where=name, expected="a mapping")
    lines: dict[Path, int] = {}
    document = _value(root, (), name, lines)
    if not isinstance(document, dict):
        raise PolicyPackError("a shapeless file", where=name, expected="a mapping")
    return YamlText(name, document, lines)


def _value(node: yaml.Node, path: Path, name: str, lines: dict[Path, int]) -> Json:
    """One node as JSON; its line is noted."""
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        mapping: JsonObject = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in mapping:
                raise PolicyPackError(
                    "the same key comes twice",
                    where=f"{name}:{key_node.start_mark.line + 1}",
                    got=key,
                )
            mapping[key] = _value(value_node, (*path, key), name, lines)
            lines[(*path, key)] = key_node.start_mark.line + 1
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, i), name, lines) for i, item in enumerate(node.value)]
    return _scalar(node)


def _scalar(node: yaml.Node) -> Json:
    text = str(node.value)
    if getattr(node, "style", None):
        return text
    if text in _PLAIN:
        return _PLAIN[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    return text
