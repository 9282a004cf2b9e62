"""What became of the calls of a made-up year: tags, cases, their decisions and releases.

Every `CALLS_OF_A_CASE`th call is a case, which is thirty a day at 10,000 officers. One in ten is
withheld; of every fifth a recording was redacted and published, one in four of those too late.
"""

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from bench.warehouse_out import HOUR, Out, Ticks, key, text

CALLS_OF_A_CASE = 350
RELEASED = 5
DUE = 720 * HOUR
DOCUMENT = json.dumps({"fired": [{"rule": "x.y", "trace": ["a reason"] * 500}]})  # as large as real


class Case(NamedTuple):
    """One case: the number of its call, and when that was received."""

    call: int
    received: int


def case_of(call: int) -> str | None:
    """The key of the case that a call became."""
    return None if call % CALLS_OF_A_CASE else key(9, call)


def cases_of(first_call: int, received: Ticks) -> list[Case]:
    """The cases of one day's calls."""
    numbered = enumerate(received.tolist(), first_call)
    return [Case(n, when) for n, when in numbered if case_of(n) is not None]


def write_tags(out: Out, films: Iterable[int], calls: Sequence[int], came: Sequence[str]) -> None:
    """Each recording is tied to its call by the matcher as it came."""
    out.rows(
        "tags",
        (
            "id", "recording_id", "call_id", "incident_id", "confidence", "explanation", "source",
            "author", "created_at",
        ),
        (
            (key(10, n), key(7, n), key(5, call), case_of(call), 1.0, "", "matcher", "w", when)
            for n, call, when in zip(films, calls, came, strict=True)
        ),
    )  # fmt: skip


def write_incidents(out: Out, cases: Sequence[Case]) -> None:
    out.rows(
        "incidents",
        ("id", "number", "title", "kind", "occurred_at", "district"),
        (
            (key(9, n), f"C25-{n:08d}", "", f"kind {n % 5}", when, f"District {n % 11}")
            for (n, _), when in zip(cases, _texts(cases, 0, out), strict=True)
        ),
    )


def write_decisions(out: Out, cases: Sequence[Case], first_film: int) -> None:
    """A decision for each case; releases of those whose turn it is."""
    out.rows(
        "decisions",
        (
            "id", "incident_id", "audience", "modality", "outcome", "due_at", "rests_on_draft",
            "document", "sha256", "decided_at",
        ),
        (
            (
                key(11, n), key(9, n), "public", "MUST",
                "RELEASE_REDACTED" if n // CALLS_OF_A_CASE % 10 else "WITHHOLD", due, False,
                DOCUMENT, f"{n:064x}", when,
            )
            for (n, _), due, when in zip(
                cases, _texts(cases, DUE, out), _texts(cases, HOUR, out), strict=True
            )
        ),
    )  # fmt: skip
    numbered = [(first_film + place, case) for place, case in enumerate(cases)]
    _write_releases(
        out, [one for one in numbered if one[1].call // CALLS_OF_A_CASE % RELEASED == 1]
    )


def _write_releases(out: Out, released: Sequence[tuple[int, Case]]) -> None:
    """A plan, a rendering, its certificate and the release; films stand for those of the cases."""
    films = [film for film, _ in released]
    cases = [case for _, case in released]
    at = _texts(cases, 48 * HOUR, out)
    rows = list(zip(films, cases, at, strict=True))
    out.rows(
        "tags",
        (
            "id", "recording_id", "call_id", "incident_id", "confidence", "explanation", "source",
            "author", "created_at",
        ),
        (
            (key(12, n), key(7, n), key(5, case.call), key(9, case.call), 1.0, "", "person", "w", when)
            for n, case, when in rows
        ),
    )  # fmt: skip
    out.rows(
        "plans",
        ("id", "recording_id", "version", "sha256", "document", "author", "created_at"),
        ((key(13, n), key(7, n), 1, f"{n:064x}", DOCUMENT, "w", when) for n, _, when in rows),
    )
    out.rows(
        "renderings",
        (
            "id", "recording_id", "plan_id", "original_sha256", "sha256", "size_bytes", "verdict",
            "created_at",
        ),
        (
            (key(14, n), key(7, n), key(13, n), f"{n:064x}", f"{n:064x}", 1, "passed", when)
            for n, _, when in rows
        ),
    )  # fmt: skip
    out.rows(
        "certificates",
        ("id", "rendering_id", "sha256", "document", "public_document", "created_at"),
        (
            (
                key(15, n), key(14, n), f"{n:064x}", DOCUMENT,
                json.dumps({"hidden_share": n % 10 / 100, "checks": ["a check"] * 100}), when,
            )
            for n, _, when in rows
        ),
    )  # fmt: skip
    _publish(out, rows)


def _publish(out: Out, rows: Sequence[tuple[int, Case, str]]) -> None:
    """The releases of these films, their cases and when they were redacted."""
    late = [
        _texts([case], (20 + 5 * (place % 4)) * 24 * HOUR, out)[0]
        for place, case in enumerate(case for _, case, _ in rows)
    ]
    out.rows(
        "releases",
        (
            "id", "incident_id", "recording_id", "rendering_id", "decision_id", "audience", "title",
            "summary", "state", "proposed_by", "proposed_at", "published_at",
        ),
        (
            (
                key(16, n), key(9, case.call), key(7, n), key(14, n), key(11, case.call), "public",
                "", "", "published", "w", when, came,
            )
            for (n, case, when), came in zip(rows, late, strict=True)
        ),
    )  # fmt: skip


def _texts(cases: Sequence[Case], later: int, out: Out) -> list[str]:
    """Some time after each call was received."""
    return text(np.array([case.received for case in cases], dtype=np.int64) + later, out)
