"""Settings in, stores out: a folder, or an S3 bucket where one is named."""

from bwc.settings import Settings
from bwc.vault.local import LocalPublicStore, LocalVault
from bwc.vault.protocol import PublicStore, Vault


def open_vault(settings: Settings) -> Vault:
    """The vault. The portal has no business here."""
    return LocalVault(settings.vault_folder, keep_free_bytes=settings.intake.reserve_bytes)


def open_public_store(settings: Settings) -> PublicStore:
    """The public store; only its own settings and credentials are read."""
    return LocalPublicStore(settings.public_folder)
