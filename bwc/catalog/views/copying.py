"""Turning rows into frozen values, field by field of the same name."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any, TypeVar

Value = TypeVar("Value")


def value_of(kind: Callable[..., Value], row: object, **extra: object) -> Value:
    """A `kind` (a dataclass) whose fields come from `extra`, else from `row` by name."""
    described: Any = kind
    names = (field.name for field in fields(described))
    return kind(**{name: extra[name] if name in extra else getattr(row, name) for name in names})
