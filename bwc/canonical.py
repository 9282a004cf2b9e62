"""One byte sequence per JSON value (RFC 8785), so that hashes of documents mean something."""

import hashlib
from typing import TypeAlias, Union

import rfc8785

from bwc.errors import InvalidInput
from bwc.ids import Sha256

Json: TypeAlias = Union[bool, int, float, str, list["Json"], dict[str, "Json"], None]
JsonObject: TypeAlias = dict[str, Json]


def canonical_bytes(document: Json) -> bytes:
    """`document` in its one canonical UTF-8 form: sorted keys, no spaces, shortest numbers.

    Raises:
        InvalidInput: a value that JSON cannot carry exactly (NaN, an integer beyond 2**53).

    >>> canonical_bytes({"b": 1, "a": [True, None]})
    b'{"a":[true,null],"b":1}'
    """
    try:
        return rfc8785.dumps(document)
    except rfc8785.CanonicalizationError as exc:
        raise InvalidInput("this value has no canonical JSON form", got=str(exc)) from exc


def digest(document: Json) -> Sha256:
    """sha256 of the canonical bytes of `document`."""
    return Sha256(hashlib.sha256(canonical_bytes(document)).hexdigest())
