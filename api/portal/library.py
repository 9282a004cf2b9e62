"""Reading the public store: single documents as they lie there now.

A release exists where its manifest lies; a tombstone beside it or in its place wins. Names come
from closed lists and patterns, so no request can ask the store for anything else.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import structlog
from pydantic import ConfigDict, ValidationError

from api.portal.documents import (
    ID,
    Certificate,
    CoveragePeriod,
    Decision,
    Document,
    File,
    LogDay,
    Manifest,
    PolicyIndex,
    PolicyPack,
    Tombstone,
    Upcoming,
    Withheld,
)
from api.portal.hidden import PublicPlan
from api.ranges import Content
from bwc.canonical import JsonObject
from bwc.errors import NotFound
from bwc.vault.protocol import PublicStore

MANIFEST = "manifest.json"
TOMBSTONE = "tombstone.json"
CHANGED = "releases/changed.json"
RELEASE_KEY = re.compile(rf"releases/({ID})/(manifest|tombstone)\.json")
DAY_KEY = re.compile(r"log/\d{4}-\d{2}-\d{2}\.json")
PERIOD_KEY = re.compile(r"coverage/\d{4}-\d{2}-\d{2}_\d{4}-\d{2}-\d{2}\.json")
PACK_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
LARGEST_DOCUMENT = 8 * 2**20  # bytes; a document beyond this is not ours

Kind = TypeVar("Kind", bound=Document)
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Library:
    """The public store, read as documents."""

    store: PublicStore

    def release(self, release_id: str) -> Manifest | Tombstone:
        """A release, or what is left of it. Raises NotFound."""
        if re.fullmatch(ID, release_id):
            folder = f"releases/{release_id}"
            if self.store.has(f"{folder}/{TOMBSTONE}"):
                return self._read(f"{folder}/{TOMBSTONE}", Tombstone)
            if self.store.has(f"{folder}/{MANIFEST}"):
                return self._read(f"{folder}/{MANIFEST}", Manifest)
        raise NotFound("there is no such release", advice="It may never have been published.")

    def decision(self, manifest: Manifest) -> Decision:
        """The decision of a release."""
        return self._read(f"releases/{manifest.id}/decision.json", Decision)

    def certificate(self, manifest: Manifest) -> Certificate:
        """What the certificate of a release says in the words that the page knows."""
        return self._read(f"releases/{manifest.id}/certificate.json", Certificate)

    def whole_certificate(self, manifest: Manifest) -> JsonObject:
        """The certificate with every member, whatever its format names them."""
        body = self._bytes(f"releases/{manifest.id}/certificate.json")
        return _AnyObject.model_validate_json(body).model_dump(mode="json")

    def plan(self, manifest: Manifest) -> PublicPlan | None:
        """What is hidden in a release; None where that was not published or says nothing."""
        if manifest.file("plan.json") is None:
            return None
        try:
            return self._read(f"releases/{manifest.id}/plan.json", PublicPlan)
        except NotFound:
            return None  # the rest of the page does not depend on it

    def content(self, manifest: Manifest, file: File) -> Content:
        """A file of a bundle, to be served."""
        key = f"releases/{manifest.id}/{file.name}"
        return Content(
            size_bytes=file.size,
            etag=file.sha256,
            content_type=file.type,
            read=lambda start, length: self.store.read(key, start=start, length=length),
        )

    def manifest_bytes(self, manifest: Manifest) -> bytes:
        """The manifest as it was published, byte for byte."""
        return self._bytes(f"releases/{manifest.id}/{MANIFEST}")

    def captions(self, manifest: Manifest) -> str:
        """The captions as text; empty where there are none."""
        if manifest.file("captions.vtt") is None:
            return ""
        return self._bytes(f"releases/{manifest.id}/captions.vtt").decode("utf-8", "replace")

    def policies(self) -> PolicyIndex:
        """The packs in force; none where nothing was published yet."""
        if not self.store.has("policy/index.json"):
            return PolicyIndex(packs=[])
        return self._read("policy/index.json", PolicyIndex)

    def policy(self, pack_id: str) -> PolicyPack:
        """One pack as text. Raises NotFound."""
        if not PACK_ID.fullmatch(pack_id) or not self.store.has(f"policy/{pack_id}.json"):
            raise NotFound("there is no such policy", where=pack_id)
        return self._read(f"policy/{pack_id}.json", PolicyPack)

    def packs(self) -> list[PolicyPack]:
        """The packs in force as text, base first."""
        return [self.policy(pack.id) for pack in self.policies().packs]

    def log(self, *, days: int, before: date | None = None) -> list[LogDay]:
        """The newest `days` of the public log that have an entry, or those `before` a day."""
        keys = self.log_keys()
        if before is not None:
            keys = [key for key in keys if key < f"log/{before}.json"]
        return [self.log_day(key) for key in keys[:days]]

    def log_keys(self) -> list[str]:
        """Where the days of the public log lie, newest first."""
        keys = (key for key in self.store.keys("log/") if DAY_KEY.fullmatch(key))
        return sorted(keys, reverse=True)

    def log_day(self, key: str) -> LogDay:
        """One day of the public log, by one of `log_keys`. Raises NotFound."""
        return self._read(key, LogDay)

    def withheld(self) -> Withheld:
        """What is withheld, by rule, in numbers."""
        if not self.store.has("upcoming/withheld.json"):
            return Withheld()
        return self._read("upcoming/withheld.json", Withheld)

    def coverage(self) -> list[CoveragePeriod]:
        """The coverage figures that were published, the newest period first."""
        keys = (key for key in self.store.keys("coverage/") if PERIOD_KEY.fullmatch(key))
        return [self._read(key, CoveragePeriod) for key in sorted(keys, reverse=True)]

    def upcoming(self) -> Upcoming:
        """The cases on the clock."""
        if not self.store.has("upcoming/index.json"):
            return Upcoming(cases=[])
        return self._read("upcoming/index.json", Upcoming)

    def changed(self) -> bytes:
        """Bytes that differ after the list of releases has changed."""
        return self._bytes(CHANGED) if self.store.has(CHANGED) else b""

    def listed(self) -> dict[str, str]:
        """Every release id with what it is now: `manifest` or `tombstone`."""
        found: dict[str, str] = {}
        for key in self.store.keys("releases/"):
            match = RELEASE_KEY.fullmatch(key)
            if match and found.get(match[1]) != "tombstone":
                found[match[1]] = match[2]
        return found

    def _read(self, key: str, kind: type[Kind]) -> Kind:
        try:
            return kind.model_validate_json(self._bytes(key))
        except ValidationError as exc:
            log.exception("public_document_invalid", key=key)
            raise NotFound("this part of the record cannot be read", where=key) from exc

    def _bytes(self, key: str) -> bytes:
        if self.store.size(key) > LARGEST_DOCUMENT:
            raise NotFound("this part of the record cannot be read", where=key)
        return b"".join(self.store.read(key))


class _AnyObject(Document):
    """An object whose members are shown as they are."""

    model_config = ConfigDict(extra="allow", frozen=True)
