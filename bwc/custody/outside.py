"""The chain's heads as they lie outside the department: in bundles and in the public log.

Whoever could rewrite the whole ledger still cannot make it match a head that is already public.
"""

import json
from pathlib import Path

from bwc.custody.ledger import Head
from bwc.errors import InvalidInput, NotFound
from bwc.ids import SHA256_LENGTH, Sha256

MANIFEST = "manifest.json"


def read_head(path: Path) -> Head:
    """The head that a bundle carries.

    Args:
        path: a bundle's folder, its manifest, or any JSON with
            `{"custody": {"position": n, "hash": "..."}}`.

    Raises:
        NotFound: there is no such file.
        InvalidInput: it carries no head.
    """
    file = path / MANIFEST if path.is_dir() else path
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as exc:
        raise NotFound("no bundle lies here", where=str(path), expected=MANIFEST) from exc
    except (OSError, ValueError, RecursionError) as exc:
        raise InvalidInput("not a JSON document", where=str(file), got=str(exc)) from exc
    custody = document.get("custody") if isinstance(document, dict) else None
    match custody:
        case {"position": int(position), "hash": str(hash_)} if (
            position >= 0 and len(hash_) == SHA256_LENGTH
        ):
            return Head(position, Sha256(hash_))
        case _:
            raise InvalidInput(
                "this file carries no custody head",
                where=str(file),
                expected='{"custody": {"position": n, "hash": "<sha256>"}}',
            )
