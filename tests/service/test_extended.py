"""The public log tells of extensions: which rule's clock, on which ground, and of no case."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from bwc.canonical import Json, JsonObject, digest
from bwc.catalog.release import Decision
from bwc.catalog.store import Catalog
from bwc.ids import new_id
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from tests.release_room import NOW, ReleaseRoom

pytestmark = [pytest.mark.service, pytest.mark.media]


@pytest.fixture
def room(sqlite_catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReleaseRoom:
    monkeypatch.chdir(tmp_path)
    room = ReleaseRoom(tmp_path, sqlite_catalog)
    room.open_case()
    return room


def decided(room: ReleaseRoom, *, minutes: int, taken: int) -> None:
    """A decision for the public whose clock counts so many extensions."""
    ground = {"ground": "unusual circumstances", "granted_by": "the agency", "taken": taken}
    clock: JsonObject = {
        "rule": "test.answer",
        "what": "due",
        "end": "2026-03-27",
        "extensions_taken": taken,
        "extensions": [ground],
    }
    fired: Json = [
        {"rule": "test.answer", "title": "A request is answered", "citation": "T.S. § 3"}
    ]
    document: JsonObject = {"clocks": [clock], "fired": fired, "packs": [], "facts": {"who": "Pat"}}
    at = NOW + timedelta(minutes=minutes)
    with room.catalog.write() as session:
        session.add(
            Decision(
                id=new_id(),
                incident_id=room.incident_id,
                audience="public",
                modality="MUST",
                outcome="RELEASE",
                due_at=None,
                rests_on_draft=False,
                document=document,
                sha256=digest({**document, "at": minutes}),
                decided_at=at,
                superseded_at=at,
            )
        )
        session.commit()


def test_each_extension_stands_in_the_log_of_its_day_once(room: ReleaseRoom) -> None:
    for minutes, taken in ((-2000, 0), (1, 0), (2, 1), (3, 1), (4, 2)):
        decided(room, minutes=minutes, taken=taken)
    with room.catalog.write() as session:
        enqueue(session, JobKind.PUBLISH_LOG, requested_by="test", at=NOW)
        session.commit()
    room.run()
    log = json.loads(b"".join(room.house.public.read("log/2026-03-02.json")))
    put_off = [entry for entry in log["entries"] if entry["act"] == "extended"]
    assert [entry["extensions"] for entry in put_off] == [1, 2]
    assert put_off[0] == {
        "act": "extended",
        "at": "2026-03-02T18:02:00Z",
        "title": "A request is answered",
        "rule": "test.answer",
        "citation": "T.S. § 3",
        "reason": "unusual circumstances",
        "granted_by": "the agency",
        "extensions": 1,
        "until": "2026-03-27",
    }
    assert room.incident_id not in json.dumps(log)
