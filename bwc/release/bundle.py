"""The bundle: what leaves, file by file, and the manifest that lists every byte of it.

Layout in the public store, manifest last::

    releases/<release id>/video.mp4 poster.jpg captions.vtt? decision.json certificate.json plan.json
    releases/<release id>/manifest.json
    releases/changed.json     tells readers that the list changed; carries no content

Nothing in it names a person, a camera or a file of the department.
"""

import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from fractions import Fraction
from typing import BinaryIO

from sqlalchemy.orm import Session

from bwc.canonical import JsonObject, canonical_bytes
from bwc.catalog.incident import Incident
from bwc.catalog.release import Release
from bwc.catalog.rendering import Plan
from bwc.clock import iso
from bwc.custody.ledger import Head
from bwc.errors import IntegrityError, NotFound
from bwc.ids import Sha256
from bwc.policy.rules import Packs
from bwc.release.captions import muted_spans, require_marked
from bwc.release.public_decision import public_decision
from bwc.release.public_plan import public_plan
from bwc.release.rows import (
    certificate_of,
    newest_rendering,
    recording_row,
    standing_decision,
)
from bwc.timeline import Span
from bwc.vault.protocol import CHUNK_BYTES, PublicStore, Vault

FORMAT = "bwc-release/1"
MANIFEST = "manifest.json"
TOMBSTONE = "tombstone.json"
CAPTIONS = "captions.vtt"
CHANGED = "releases/changed.json"
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class BundleFile:
    """One file of a bundle, as the manifest lists it."""

    name: str
    sha256: Sha256
    size_bytes: int
    content_type: str
    crc32: int


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a release is made of: bytes in the vault by hash, documents by value."""

    release_id: str
    title: str
    summary: str
    incident: JsonObject
    video_facts: JsonObject
    from_vault: tuple[tuple[str, Sha256, str], ...]
    documents: tuple[tuple[str, JsonObject], ...]
    decision: JsonObject
    muted: tuple[Span[Fraction], ...]


def folder_of(release_id: str) -> str:
    """The folder of a release in the public store."""
    return f"releases/{release_id}"


def assemble(session: Session, release: Release, *, packs: Packs, zone: tzinfo) -> Bundle:
    """Everything of a release that the public may have; `zone` is the agency's, for the date.

    Raises:
        NotFound: a part is missing.
        IntegrityError: the certificate speaks of another video.
    """
    incident = session.get(Incident, release.incident_id)
    rendering = newest_rendering(session, release.recording_id)
    certificate = certificate_of(session, rendering.id) if rendering else None
    decision = standing_decision(session, release.incident_id, audience=release.audience)
    if incident is None or rendering is None or certificate is None or decision is None:
        raise NotFound("a part of the bundle is missing", where=release.id)
    spoken_of = certificate.public_document.get("redacted_sha256")
    if spoken_of != rendering.sha256:
        raise IntegrityError(
            "the certificate is that of another video",
            where=release.id,
            expected=rendering.sha256,
            got=str(spoken_of),
        )
    recording = recording_row(session, release.recording_id)
    plan = session.get_one(Plan, rendering.plan_id)
    spoken = public_decision(decision, packs)
    vault_files = [("video.mp4", Sha256(rendering.sha256), "video/mp4")]
    if rendering.poster_sha256 is not None:
        vault_files.append(("poster.jpg", Sha256(rendering.poster_sha256), "image/jpeg"))
    if release.captions_sha256 is not None:
        vault_files.append((CAPTIONS, Sha256(release.captions_sha256), "text/vtt"))
    return Bundle(
        release_id=release.id,
        title=release.title,
        summary=release.summary,
        incident={
            "date": incident.occurred_at.astimezone(zone).date().isoformat(),
            "district": incident.district,
            "kind": incident.kind,
        },
        video_facts={
            "duration_us": recording.duration_us,
            "width": recording.width,
            "height": recording.height,
            "has_audio": recording.has_audio,
        },
        from_vault=tuple(vault_files),
        documents=(
            ("decision.json", spoken),
            ("certificate.json", certificate.public_document),
            ("plan.json", public_plan(plan.document)),
        ),
        decision={
            name: spoken[name] for name in ("modality", "outcome", "sentence", "rules", "draft")
        },
        muted=muted_spans(plan),
    )


def write_files(
    bundle: Bundle, vault: Vault, public: PublicStore, *, told: Callable[[float], None]
) -> list[BundleFile]:
    """Copy everything but the manifest; `told` hears the share of files done.

    Raises:
        IntegrityError: the vault's bytes are not what their name says.
        InvalidInput: the captions spell out what is muted.
    """
    folder = folder_of(bundle.release_id)
    written: list[BundleFile] = []
    total = len(bundle.from_vault) + len(bundle.documents)
    for sha256 in (sha256 for name, sha256, _ in bundle.from_vault if name == CAPTIONS):
        with vault.path(sha256) as path:
            require_marked(path.read_bytes(), bundle.muted, where=bundle.release_id)
    for name, sha256, kind in bundle.from_vault:
        with vault.path(sha256) as path, path.open("rb") as source:
            stored = public.put(f"{folder}/{name}", source, content_type=kind)
            source.seek(0)
            crc32 = crc32_of(source)
        if stored.sha256 != sha256:
            raise IntegrityError(
                "the vault gave other bytes than their name says",
                where=name,
                expected=sha256,
                got=stored.sha256,
            )
        written.append(BundleFile(name, stored.sha256, stored.size_bytes, kind, crc32))
        told(len(written) / total)
    for name, document in bundle.documents:
        body = canonical_bytes(document)
        stored = public.put(f"{folder}/{name}", io.BytesIO(body), content_type=JSON)
        crc32 = zlib.crc32(body)
        written.append(BundleFile(name, stored.sha256, stored.size_bytes, JSON, crc32))
        told(len(written) / total)
    return written


def crc32_of(source: BinaryIO) -> int:
    """The CRC-32 of a stream: what a ZIP of the bundle must know before it sends the file."""
    crc32 = 0
    while chunk := source.read(CHUNK_BYTES):
        crc32 = zlib.crc32(chunk, crc32)
    return crc32


def manifest_of(
    bundle: Bundle, files: list[BundleFile], *, head: Head, department: str, at: datetime
) -> JsonObject:
    """The list of every file with its hash, and the end of the custody chain it stands on."""
    return {
        "format": FORMAT,
        "id": bundle.release_id,
        "department": department,
        "title": bundle.title,
        "summary": bundle.summary,
        "published_at": iso(at),
        "audience": "public",
        "incident": bundle.incident,
        "video": bundle.video_facts,
        "decision": bundle.decision,
        "files": [
            {
                "name": file.name,
                "sha256": file.sha256,
                "size": file.size_bytes,
                "type": file.content_type,
                "crc32": f"{file.crc32:08x}",
            }
            for file in files
        ],
        "custody": {"position": head.position, "hash": head.hash},
    }


def put_state(public: PublicStore, key: str, document: JsonObject) -> None:
    """Write a state document, whole or not at all; one that says the same is left alone."""
    body = canonical_bytes(document)
    if not public.has(key) or b"".join(public.read(key)) != body:
        public.replace(key, body, content_type=JSON)
