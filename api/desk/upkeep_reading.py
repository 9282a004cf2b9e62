"""How the house is and what retention would do, for the administrator's pages and for programs."""

from zoneinfo import ZoneInfo

from bwc.house import House
from bwc.in_force import packs_in_force
from bwc.retention.dry_run import DryRun, dry_run
from bwc.upkeep.health import Health, health

RECORDINGS_AT_ONCE = 100  # the rules are asked for each


def read_health(house: House) -> Health:
    """Every thing that keeps the house at work, judged."""
    return health(house.catalog, house.settings, at=house.clock.now())


def read_dry_run(house: House, *, after: str | None, limit: int = RECORDINGS_AT_ONCE) -> DryRun:
    """A page of the dry run of retention; nothing is written."""
    local = house.clock.now().astimezone(ZoneInfo(house.settings.department.timezone))
    with house.catalog.read() as session:
        packs = packs_in_force(session, house.settings.department)
        return dry_run(session, packs, at=local, limit=limit, after=after)
