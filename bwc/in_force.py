"""The packs in force: the last ones that two people activated, else those that the settings name.

From the first activation on, editing the folder of packs or the settings changes nothing: the texts
come from the catalog, and their hashes must be those that were activated.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import Json, JsonObject
from bwc.catalog.policy_change import PolicyChange, PolicyChangeState
from bwc.errors import IntegrityError
from bwc.policy.packs import load_packs
from bwc.policy.rules import Packs
from bwc.policy.shipped import SHIPPED
from bwc.settings import Department

_read: dict[str, Packs] = {}  # the packs of one change, by its id: only the newest is kept
_reading = Lock()


def packs_in_force(session: Session, department: Department) -> Packs:
    """The packs by which cases are decided now.

    Those that the department's settings name count until a first change is activated.

    Raises:
        IntegrityError: the texts of the activated packs are not those that were activated.
    """
    change = last_activated(session)
    if change is None:
        return load_packs(department.packs, folder_of(department))
    with _reading:
        if change.id not in _read:
            packs = packs_of(change)
            _read.clear()
            _read[change.id] = packs
        return _read[change.id]


def folder_of(department: Department) -> Path:
    """Where the packs lie that the settings name, and that can be proposed."""
    return department.policies or SHIPPED


def last_activated(session: Session) -> PolicyChange | None:
    """The change that is in force, if packs were ever activated."""
    rows = sa.select(PolicyChange).where(PolicyChange.state == PolicyChangeState.ACTIVATED)
    newest = rows.order_by(PolicyChange.activated_at.desc(), PolicyChange.id.desc())
    return session.scalars(newest.limit(1)).first()


def packs_of(change: PolicyChange) -> Packs:
    """The packs that a change carries.

    Raises:
        IntegrityError: they are not the ones it was proposed with.
    """
    with TemporaryDirectory(prefix="bwc-packs-") as folder:
        for name, text in change.files.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(str(text), encoding="utf-8")
        packs = load_packs([str(name) for name in change.pack_ids], Path(folder))
    if heads(packs) != change.document.get("packs"):
        raise IntegrityError(
            "these are not the packs that were proposed",
            where=change.number,
            expected=str(change.document.get("packs")),
            got=str(heads(packs)),
        )
    return packs


def heads(packs: Packs) -> list[Json]:
    """Id, version and hash of each pack, as decisions name them."""
    named: list[JsonObject] = [
        {"id": pack.id, "version": pack.version, "sha256": pack.sha256} for pack in packs.packs
    ]
    return [*named]
