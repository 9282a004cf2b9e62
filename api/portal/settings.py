"""What the portal is told: where public store and inbox are, its address, and whose footage it shows.

Nothing else is read from the environment: no catalog, no vault, no broker.
"""

from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic_settings import BaseSettings, SettingsConfigDict

from bwc.settings import Department, Portal, Settings, Store
from bwc.vault.inbox import Inbox
from bwc.vault.open import open_inbox, open_public_store
from bwc.vault.protocol import PublicStore


class PortalSettings(BaseSettings):
    """The part of the settings that the portal may know."""

    model_config = SettingsConfigDict(
        env_prefix="BWC_", env_nested_delimiter="__", extra="ignore", frozen=True
    )

    home: Path = Path(".bwc")
    public: Store = Store()
    inbox: Store = Store()
    department: Department = Department()
    portal: Portal = Portal()

    @property
    def zone(self) -> ZoneInfo:
        """The agency's time zone."""
        return ZoneInfo(self.department.timezone)

    def open_store(self) -> PublicStore:
        """The public store, by its own path or credentials alone."""
        return open_public_store(Settings.model_construct(home=self.home, public=self.public))

    def open_inbox(self) -> Inbox:
        """Where letters are put, by its own path or credentials alone."""
        return open_inbox(Settings.model_construct(home=self.home, inbox=self.inbox))
