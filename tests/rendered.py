"""Rows that a redaction leaves, for tests of what becomes of them: a plan, a rendering, its certificate."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import Json, JsonObject, digest
from bwc.catalog.recording import Recording
from bwc.catalog.rendering import Certificate, Plan, Rendering, Verdict
from bwc.ids import new_id
from bwc.vault.protocol import Stored

FACES = ("face", "head")
ENGINE = "engine"  # who made a plan that nobody drew


def plan_document(version: int, *, muted: Sequence[Json], hide: Sequence[Json]) -> dict[str, Json]:
    """As much of a plan's document as release reads."""
    track: JsonObject = {"kind": "face", "exemption": "personal-privacy", "author": "model:secret"}
    return {
        "version": version,
        "original": {"width": 640, "height": 360, "time_base": [1, 1000]},
        "tracks": [track | {"keys": [[0, 10, 10, 60, 70], [900, 12, 10, 62, 70]]}],
        "sound": list(muted),
        "profile": {"hide": list(hide)},
    }


def add_plan(
    session: Session,
    recording_id: str,
    *,
    at: datetime,
    author: str = ENGINE,
    muted: Sequence[Json] = (),
    hide: Sequence[Json] = FACES,
    job_id: str | None = None,
) -> Plan:
    """The next version of a recording's plan, which nobody has rendered."""
    version = (session.scalar(sa.select(sa.func.count()).select_from(Plan)) or 0) + 1
    plan = Plan(
        id=new_id(),
        recording_id=recording_id,
        version=version,
        sha256=digest({"version": version}),
        document=plan_document(version, muted=muted, hide=hide),
        author=author,
        job_id=job_id,
        created_at=at,
    )
    session.add(plan)
    session.flush()
    return plan


def add_rendering(
    session: Session,
    plan: Plan,
    files: tuple[Stored, Stored],
    *,
    verdict: Verdict = Verdict.PASSED,
    original: str | None = None,
    at: datetime | None = None,
) -> Rendering:
    """A rendering of `plan` with its certificate; `files` are the film and its poster."""
    film, poster = files
    rendering = Rendering(
        id=new_id(),
        recording_id=plan.recording_id,
        plan_id=plan.id,
        original_sha256=original or session.get_one(Recording, plan.recording_id).sha256,
        sha256=film.sha256,
        size_bytes=film.size_bytes,
        poster_sha256=poster.sha256,
        verdict=verdict,
        created_at=at or plan.created_at,
    )
    session.add(rendering)
    session.flush()
    public: JsonObject = {
        "format": "bwc-certificate/1",
        "verdict": verdict.value,
        "redacted_sha256": film.sha256,
    }
    session.add(
        Certificate(
            id=new_id(),
            rendering_id=rendering.id,
            sha256=digest(public),
            document={**public, "author": "engine"},
            public_document=public,
            created_at=rendering.created_at,
        )
    )
    session.flush()
    return rendering
