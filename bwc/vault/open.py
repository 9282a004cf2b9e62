"""Settings in, stores out: a folder, or an S3 bucket where one is named."""

from bwc.clock import SystemClock
from bwc.settings import Settings
from bwc.vault.inbox import Inbox
from bwc.vault.local import LocalPublicStore, LocalVault
from bwc.vault.protocol import PublicStore, Vault


def open_vault(settings: Settings) -> Vault:
    """The vault. The portal has no business here."""
    keep_free_bytes = settings.intake.reserve_bytes
    if settings.vault.bucket is None:
        return LocalVault(settings.vault_folder, keep_free_bytes=keep_free_bytes)
    from bwc.vault.s3 import Lock, S3Vault, Spool
    from bwc.vault.s3_bucket import Bucket

    return S3Vault(
        Bucket(settings.vault),
        spool=Spool(settings.spool_folder, keep_free_bytes),
        lock=Lock(settings.vault.lock_mode, settings.vault.lock_days),
        clock=SystemClock(),
    )


def open_public_store(settings: Settings) -> PublicStore:
    """The public store; only its own settings and credentials are read."""
    if settings.public.bucket is None:
        return LocalPublicStore(settings.public_folder)
    from bwc.vault.s3 import S3PublicStore, Spool
    from bwc.vault.s3_bucket import Bucket

    return S3PublicStore(Bucket(settings.public), spool=Spool(settings.spool_folder))


def open_inbox(settings: Settings) -> Inbox:
    """The inbox; only its own settings and credentials are read."""
    if settings.inbox.bucket is None:
        return Inbox(LocalPublicStore(settings.inbox_folder))
    from bwc.vault.s3 import S3PublicStore, Spool
    from bwc.vault.s3_bucket import Bucket

    return Inbox(S3PublicStore(Bucket(settings.inbox), spool=Spool(settings.spool_folder)))
