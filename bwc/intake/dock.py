"""Where recordings are received: the stores and limits that every way in shares."""

from dataclasses import dataclass

from bwc.catalog.store import Catalog
from bwc.clock import Clock
from bwc.media.guard import Limits
from bwc.settings import Intake
from bwc.vault.protocol import Vault


@dataclass(frozen=True, slots=True)
class Dock:
    """What receiving a file needs. `max_bytes` is the largest file that is taken in."""

    catalog: Catalog
    vault: Vault
    clock: Clock
    max_bytes: int
    probe_limits: Limits


def make_dock(catalog: Catalog, vault: Vault, clock: Clock, limits: Intake) -> Dock:
    """A dock with the limits that the settings name."""
    return Dock(catalog, vault, clock, limits.max_bytes, probe_limits(limits))


def probe_limits(limits: Intake) -> Limits:
    """What the child that probes may use; it writes nothing."""
    return Limits(
        cpu_seconds=limits.probe_cpu_seconds,
        memory_bytes=limits.probe_memory_bytes,
        wall_seconds=4.0 * limits.probe_cpu_seconds,
    )
