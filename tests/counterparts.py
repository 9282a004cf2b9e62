"""What a page's route and its counterpart in `/v1` ask for, read from the routes themselves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from inspect import get_annotations, isasyncgenfunction, isfunction
from types import UnionType
from typing import Annotated, Union, get_args, get_origin

from fastapi.dependencies.models import Dependant
from fastapi.params import Body, Form
from fastapi.routing import APIRoute
from pydantic import BaseModel

from api.desk.visit import May

NAVIGATION = frozenset({"back", "target", "next"})  # where the browser goes afterwards
PAGING = {"after": "cursor", "before": "cursor"}  # a page's link to the rest, a program's cursor
HOW_MANY = frozenset({"limit", "cursor"})  # of a list, for programs


@dataclass(frozen=True, slots=True)
class Twin:
    """The operation of `/v1` that does what a page does, and why their fields differ.

    `renamed` maps a field of the page to that of the operation; `only_page` and `only_v1` name the
    fields that one of them has alone, each with the reason. `also` are further operations that a
    page needs where it shows or does more than one of them.
    """

    v1: str
    renamed: Mapping[str, str] = field(default_factory=dict)
    only_page: Mapping[str, str] = field(default_factory=dict)
    only_v1: Mapping[str, str] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    other_right: str = ""


@dataclass(frozen=True, slots=True)
class NoTwin:
    """A page that needs none, and why."""

    why: str


Row = Twin | NoTwin


def operations(routes: Iterator[tuple[str, APIRoute]]) -> dict[str, APIRoute]:
    """Routes by method and path, as `POST /v1/users`."""
    return {
        f"{method} {prefix}{route.path}": route
        for prefix, route in routes
        for method in sorted(route.methods or ())
        if method != "HEAD"
    }


def fields_of(route: APIRoute) -> frozenset[str]:
    """Everything a request may say: parts of the path, of the query, of the form or the JSON body."""
    return frozenset(_asked(route.dependant))


def right_of(route: APIRoute) -> str:
    """The right that opens a route; what is open to all and to everyone signed in are rights too."""
    guards = [need.call for need in route.dependant.dependencies if isinstance(need.call, May)]
    if not guards:
        return "open to all"
    return guards[0].right.name if guards[0].right else "signed in"


def _asked(dependant: Dependant) -> Iterator[str]:
    for one in (*dependant.path_params, *dependant.query_params):
        yield one.alias
    for one in dependant.body_params:
        info = one.field_info
        models = list(models_in(info.annotation))
        if models and isinstance(info, Body) and not isinstance(info, Form):
            yield from names_of(models)
        else:
            yield one.alias
    for need in dependant.dependencies:
        yield from _asked(need)
        if isfunction(need.call):
            # What reads a whole form says by its return type what it reads; what reads files one by
            # one is a part of the question by its own name.
            yield from names_of(models_in(get_annotations(need.call).get("return")))
            yield from [need.call.__qualname__] if isasyncgenfunction(need.call) else ()


def names_of(models: Iterator[type[BaseModel]] | list[type[BaseModel]]) -> Iterator[str]:
    """The members of these models, by the names that are sent."""
    for model in models:
        for name, info in model.model_fields.items():
            yield info.alias or name


def models_in(kind: object) -> Iterator[type[BaseModel]]:
    """The models that a type is made of."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    elif get_origin(kind) in (Union, UnionType, Annotated):
        for part in get_args(kind):
            yield from models_in(part)


def differences(page: frozenset[str], twin: Twin, v1: frozenset[str]) -> list[str]:
    """What the two ask for differently without a reason, and reasons that are none any more."""
    paging = PAGING if twin.v1.startswith("GET ") else {}
    asked = {twin.renamed.get(name, paging.get(name, name)) for name in page - NAVIGATION}
    found = [
        *(f"{name}: only the page asks for it" for name in asked - v1 - set(twin.only_page)),
        *(f"{name}: only /v1 asks for it" for name in v1 - asked - set(twin.only_v1) - HOW_MANY),
        *(f"{name}: not of the page alone" for name in set(twin.only_page) - (asked - v1)),
        *(f"{name}: not of /v1 alone" for name in set(twin.only_v1) - (v1 - asked)),
        *(f"{name}: the page has no such field" for name in set(twin.renamed) - page),
    ]
    reasons = (*twin.only_page.items(), *twin.only_v1.items())
    return sorted(found + [f"{name}: no reason given" for name, why in reasons if not why.strip()])
