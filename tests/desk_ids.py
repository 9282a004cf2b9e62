"""The names and moments of the case that desk tests work on."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

NOW = datetime(2026, 3, 12, 16, 30, tzinfo=UTC)
PASSWORD = "quiet maple lantern orbit"
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Case:
    """The ids of what `furnish` wrote, by what they are."""

    incident: str = "01950000-0000-7000-8000-000000000001"
    second_incident: str = "01950000-0000-7000-8000-000000000002"
    decision: str = "01950000-0000-7000-8000-000000000003"
    obligation: str = "01950000-0000-7000-8000-000000000004"
    hold: str = "01950000-0000-7000-8000-000000000005"
    request: str = "01950000-0000-7000-8000-000000000006"
    own_recording: str = "01950000-0000-7000-8000-000000000011"
    other_recording: str = "01950000-0000-7000-8000-000000000012"
    quarantined: str = "01950000-0000-7000-8000-000000000013"
    untied: str = "01950000-0000-7000-8000-000000000014"
    plan: str = "01950000-0000-7000-8000-000000000021"
    rendering: str = "01950000-0000-7000-8000-000000000022"
    release: str = "01950000-0000-7000-8000-000000000023"
    running_job: str = "01950000-0000-7000-8000-000000000031"
    dead_job: str = "01950000-0000-7000-8000-000000000032"
    officer: str = "01950000-0000-7000-8000-000000000041"
    other_officer: str = "01950000-0000-7000-8000-000000000042"
    camera: str = "01950000-0000-7000-8000-000000000043"
    call: str = "01950000-0000-7000-8000-000000000044"


CASE = Case()
BADGE = "1204"
OTHER_BADGE = "1377"
