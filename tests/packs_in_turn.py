"""Packs that differ in when cameras must run, put into force one after another by two people."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from bwc.access.roles import Actor
from bwc.catalog.policy_change import PolicyChange
from bwc.catalog.user import Role
from bwc.ids import UserId
from bwc.in_force import packs_in_force
from bwc.release.pack_change import activate_packs, propose_packs
from bwc.settings import Department

PACK = """\
id: {name}
title: Of the town
version: "{version}"
jurisdiction: A town
authority: agency
timezone: America/Denver
"""
ACTIVATION = """\
activation:
  from: {begin}
  to: clear
  buffer_seconds: {buffer}
  must: [call_for_service]
  exempt: [{exempt}]
  citation: Town code 7
  basis: design
"""


@dataclass(frozen=True, slots=True)
class Duty:
    """When cameras must run by a pack; without `begin` it does not say."""

    begin: str | None
    buffer: int = 0
    exempt: str = ""


def by(name: str) -> Actor:
    """An administrator."""
    return Actor(UserId(name), name, name.title(), Role.ADMIN, None)


def write_pack(folder: Path, version: str, duty: Duty) -> Department:
    """One pack in `folder`, and the settings that name it."""
    home = folder / "town"
    home.mkdir(parents=True, exist_ok=True)
    text = PACK.format(name="town", version=version)
    if duty.begin is not None:
        text += ACTIVATION.format(begin=duty.begin, buffer=duty.buffer, exempt=duty.exempt)
    (home / "pack.yaml").write_text(text, encoding="utf-8")
    return Department(packs=["town"], policies=folder)


def propose(session: Session, department: Department, folder: Path, at: datetime) -> PolicyChange:
    """Propose the packs in `folder` instead of those in force."""
    in_force = packs_in_force(session, department)
    change = propose_packs(session, in_force, ["town"], folder, by=by("anna"), at=at)
    session.flush()
    return change


def activate(session: Session, department: Department, folder: Path, at: datetime) -> PolicyChange:
    """Propose the packs in `folder`, and put them into force as another person."""
    change = propose(session, department, folder, at)
    in_force = packs_in_force(session, department)
    activate_packs(session, in_force, change.number, by=by("bela"), at=at)
    session.flush()
    return change
