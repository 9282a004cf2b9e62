"""Whether a certificate belongs to a file: the right words beside another picture prove nothing."""

import json
from collections.abc import Iterator
from pathlib import Path

from bwc.canonical import JsonObject
from bwc.errors import InvalidInput
from bwc.ids import Sha256
from bwc.redaction.certificate import FORMAT
from bwc.redaction.findings import Check, Finding


def read_certificate(path: Path) -> JsonObject:
    """The certificate in the file `path`, full or public. Raises InvalidInput where it is none."""
    try:
        document = json.loads(path.read_bytes())
    except OSError as exc:
        raise InvalidInput(
            "the certificate cannot be read", where=path.name, got=exc.strerror
        ) from exc
    except (ValueError, RecursionError) as exc:
        raise InvalidInput("the certificate is not JSON", where=path.name, got=str(exc)) from exc
    is_one = isinstance(document, dict) and document.get("format") == FORMAT
    if not is_one:
        raise InvalidInput("is not a certificate", where=path.name, expected=f"format {FORMAT}")
    return dict(document)


def check_certificate(
    document: JsonObject,
    *,
    redacted: Sha256,
    original: Sha256 | None = None,
    plan: Sha256 | None = None,
) -> Iterator[Finding]:
    """Whether `document` is a passed certificate of the files with these hashes.

    What is not at hand is not compared; a public certificate names no plan.
    """
    if document.get("verdict") != "passed":
        yield _finding(f"the certificate says {document.get('verdict')}")
    if document.get("redacted_sha256") != redacted:
        yield _finding("the certificate is that of another file")
    if original is not None and document.get("original_sha256") != original:
        yield _finding("the certificate is that of another original")
    if plan is not None and document.get("plan_sha256", plan) != plan:
        yield _finding("the certificate is that of another plan")


def _finding(what: str) -> Finding:
    """A finding without a place."""
    return Finding(check=Check.CERTIFICATE, what=what)
