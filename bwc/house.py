"""The one place that plugs in the world: settings in, the parts of the house out."""

from dataclasses import dataclass

from bwc.catalog.store import Catalog
from bwc.clock import Clock, SystemClock
from bwc.settings import Settings
from bwc.vault.open import open_public_store, open_vault
from bwc.vault.protocol import PublicStore, Vault


@dataclass(frozen=True, slots=True)
class House:
    """What a process works with; services receive the parts they need, never the whole."""

    settings: Settings
    catalog: Catalog
    vault: Vault
    public: PublicStore
    clock: Clock


def open_house(settings: Settings) -> House:
    """Open every store that `settings` names. The portal never calls this: it has no right to."""
    return House(
        settings=settings,
        catalog=Catalog(settings.catalog_url),
        vault=open_vault(settings),
        public=open_public_store(settings),
        clock=SystemClock(),
    )
