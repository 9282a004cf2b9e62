"""The rows of one case half-way out: what `tests.desks.furnish` writes."""

from collections.abc import Iterator

from bwc.access.passwords import hash_password
from bwc.catalog.job import Job, JobState, Queue
from bwc.catalog.tables import (
    Assignment,
    Base,
    Call,
    CallUnit,
    Camera,
    Incident,
    Officer,
    Recording,
    RecordingState,
    Role,
    Shift,
    Tag,
    TagSource,
    User,
)
from tests.desk_file import case_file, decided, redacted
from tests.desk_ids import BADGE, CASE, DAY, HOUR, MINUTE, NOW, OTHER_BADGE, PASSWORD


def rows_of(proxy: str, still: str) -> Iterator[Base]:
    """Every row, in an order that foreign keys allow; `proxy` and `still` are bytes of the vault."""
    yield from _people()
    yield from _accounts()
    yield from _incidents()
    yield from _calls()
    yield from _recordings(proxy, still)
    yield from _jobs()
    yield from case_file()
    yield from decided()
    yield from redacted(proxy, still)


def _people() -> list[Base]:
    return [
        Officer(id=CASE.officer, badge=BADGE, name="R. Vega", unit="Patrol 2"),
        Officer(id=CASE.other_officer, badge=OTHER_BADGE, name="T. Okafor", unit="Patrol 1"),
        Camera(id=CASE.camera, serial="CAM-0417", model="B2"),
        Assignment(camera_id=CASE.camera, officer_id=CASE.officer, starts_at=NOW - 60 * DAY),
        *(
            Shift(officer_id=CASE.officer, starts_at=NOW - n * DAY - 4 * HOUR, ends_at=NOW - n * DAY + 4 * HOUR)
            for n in range(1, 5)
        ),
    ]  # fmt: skip


def _accounts() -> list[Base]:
    hashed = hash_password(PASSWORD)
    return [
        User(
            username=role.value,
            name=f"{role.value.title()} Person",
            password_hash=hashed,
            role=role,
            officer_id=CASE.officer if role is Role.OFFICER else None,
            created_at=NOW - 30 * DAY,
        )
        for role in Role
    ]


def _incidents() -> list[Base]:
    return [
        Incident(
            id=CASE.incident,
            number="2026-00412",
            title="Force during an arrest on Colfax Avenue",
            kind="uof_serious",
            occurred_at=NOW - 4 * DAY,
            district="District 2",
        ),
        Incident(
            id=CASE.second_incident,
            number="2026-00433",
            title="Traffic stop with a complaint",
            kind="other",
            occurred_at=NOW - 2 * DAY,
            district="District 5",
        ),
    ]


def _calls() -> list[Base]:
    rows: list[Base] = []
    for n in range(1, 5):
        received = NOW - n * DAY
        call_id = CASE.call if n == 4 else f"01950000-0000-7000-8000-00000000005{n}"
        rows.append(
            Call(
                id=call_id,
                number=f"C-10{n}",
                type="disturbance",
                priority=2,
                received_at=received,
                district="District 2",
                incident_id=CASE.incident if n == 4 else None,
            )
        )
        rows.append(
            CallUnit(
                call_id=call_id,
                officer_id=CASE.officer,
                dispatched_at=received + MINUTE,
                arrived_at=received + 5 * MINUTE,
                cleared_at=received + 25 * MINUTE,
            )
        )
    return rows


def _recording(recording_id: str, name: str, number: int, **more: object) -> Recording:
    values: dict[str, object] = {
        "size_bytes": 48_250_112,
        "container": "mp4",
        "video_codec": "h264",
        "width": 1920,
        "height": 1080,
        "has_audio": True,
        "duration_us": 754_000_000,
        "officer_id": CASE.officer,
        "camera_id": CASE.camera,
        "device_started_at": NOW - 4 * DAY + 4 * MINUTE,
        "started_at": NOW - 4 * DAY + 4 * MINUTE,
        "state": RecordingState.READY,
        "received_at": NOW - 3 * DAY,
        "fixity_checked_at": NOW - 3 * DAY,
    } | more
    return Recording(id=recording_id, sha256=f"{number:064x}", original_name=name, **values)


def _recordings(proxy: str, still: str) -> list[Base]:
    shown = {"proxy_sha256": proxy, "poster_sha256": still}
    return [
        _recording(CASE.own_recording, "BWC_0417_0007.mp4", 1, **shown),
        _recording(
            CASE.other_recording,
            "BWC_0588_0012.mp4",
            2,
            officer_id=CASE.other_officer,
            camera_id=None,
            **shown,
        ),
        _recording(
            CASE.quarantined,
            "BWC_0417_0008.mp4",
            3,
            state=RecordingState.QUARANTINED,
            quarantine_reason="not playable: the index (moov) is missing",
            duration_us=None,
            width=None,
            has_audio=None,
        ),
        _recording(CASE.untied, "BWC_0417_0009.mp4", 4, started_at=None, **shown),
        *(
            Tag(
                recording_id=recording_id,
                call_id=CASE.call,
                incident_id=CASE.incident,
                confidence=0.97,
                explanation="Officer 1204 was on call C-104 for 12 of its 13 minutes.",
                source=TagSource.MATCHER,
                author="matcher",
                created_at=NOW - 3 * DAY,
            )
            for recording_id in (CASE.own_recording, CASE.other_recording)
        ),
        Tag(
            recording_id=CASE.untied,
            confidence=0.0,
            explanation="It is not known when this recording began.",
            source=TagSource.MATCHER,
            author="matcher",
            created_at=NOW - 3 * DAY,
        ),
    ]


def _jobs() -> list[Base]:
    return [
        Job(
            id=CASE.running_job,
            kind="render",
            queue=Queue.RENDER,
            subject_id=CASE.other_recording,
            arguments={},
            state=JobState.RUNNING,
            attempt=1,
            max_attempts=5,
            run_after=NOW - HOUR,
            progress=0.42,
            stage="drawing",
            requested_by="records",
            created_at=NOW - HOUR,
        ),
        Job(
            id=CASE.dead_job,
            kind="derive",
            queue=Queue.INTAKE,
            subject_id=CASE.quarantined,
            arguments={},
            state=JobState.DEAD,
            attempt=1,
            max_attempts=5,
            run_after=NOW - 2 * HOUR,
            reason="the file ends in the middle of a frame",
            requested_by="intake",
            created_at=NOW - 2 * HOUR,
            finished_at=NOW - HOUR,
        ),
    ]
