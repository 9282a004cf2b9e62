"""The demo from an empty folder to a public record: invent, record, dock, redact, release."""

import secrets
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from bwc.access.users import NewUser, create_user
from bwc.catalog.user import Role
from bwc.demo.cases import CASES, FORCE, Case, Ending, StagedCase, stage
from bwc.demo.department import OFFICERS, Department, invent
from bwc.demo.footage import Cast, compose_event, compose_quiet, load_cast
from bwc.demo.play import RECORDS, SUPERVISOR, Player, Say
from bwc.demo.roster import ACTOR, settle
from bwc.errors import InvalidInput, MediaError
from bwc.house import House
from bwc.intake.dock import probe_limits
from bwc.jobs.kinds import JobKind
from bwc.media.containers import recognise
from bwc.media.probe import probe
from bwc.redaction.models import load

MARK = "demo-complete"
PASSWORD_BYTES = 12  # 16 characters
INTAKE_KINDS = (JobKind.MATCH.value, JobKind.CHECK_FIXITY.value, JobKind.DERIVE.value)

STAFF = (
    NewUser(RECORDS, "Rita Moreau, records", Role.RECORDS),
    NewUser(SUPERVISOR, "Sam Okafor, supervisor", Role.SUPERVISOR),
    NewUser("ana", "Ana Duarte, auditor", Role.AUDITOR),
    NewUser("olga", "Olga Brandt, oversight board", Role.OVERSIGHT),
    NewUser("dana", OFFICERS[0][1], Role.OFFICER, badge=OFFICERS[0][0]),
    NewUser("admin", "Administrator", Role.ADMIN),
)


@dataclass(frozen=True, slots=True)
class Account:
    """A demo account; its password is printed once and stored nowhere."""

    username: str
    role: Role
    password: str


def is_complete(house: House) -> bool:
    """Whether an earlier run finished here, so that there is nothing left to play."""
    return (house.settings.home / MARK).exists()


def prepare(house: House, *, footage: list[Path], say: Say) -> tuple[Department, list[StagedCase]]:
    """Invent the department, or place real files into it where `footage` names some.

    Raises:
        InvalidInput: the folder has no recording in it.
    """
    zone = ZoneInfo(house.settings.department.timezone)
    department = invent(house.clock.now(), zone)
    if not footage:
        return department, stage(department, CASES)
    files = real_files(footage)
    say(f"{len(files)} real recordings")
    return department, stage(department, tuple(_case_of(house, f, i) for i, f in enumerate(files)))


def real_files(footage: list[Path]) -> list[Path]:
    """The recordings among these files and in these folders, by name."""
    files: list[Path] = []
    for given in footage:
        inside = [given] if given.is_file() else sorted(given.iterdir())
        files += [path for path in inside if path.is_file() and _is_video(path)]
    if not files:
        raise InvalidInput(
            "no recording to take",
            where=", ".join(str(path) for path in footage),
            expected="MP4, MOV, MKV, AVI or TS files",
        )
    return files


def open_accounts(house: House) -> list[Account]:
    """The staff of the demo, each with a random password."""
    accounts = [
        Account(new.username, new.role, secrets.token_urlsafe(PASSWORD_BYTES)) for new in STAFF
    ]
    with house.catalog.write() as session:
        now = house.clock.now()
        for new, account in zip(STAFF, accounts, strict=True):
            create_user(session, new, password=account.password, by=ACTOR, at=now)
        session.commit()
    return accounts


def settle_department(
    house: House, department: Department, cases: list[StagedCase]
) -> dict[str, str]:
    """Write the department into the catalog; return incident ids by number."""
    with house.catalog.write() as session:
        incidents = settle(session, department, cases=cases, at=house.clock.now())
        session.commit()
    return incidents


def perform(
    house: House,
    department: Department,
    cases: list[StagedCase],
    *,
    incidents: dict[str, str],
    footage: list[Path],
    say: Say,
) -> list[str]:
    """Play the whole main job; return the ids of what was published."""
    player = Player(house, say)
    folder = house.settings.home / "footage"
    folder.mkdir(parents=True, exist_ok=True)
    say("Recording what the officers' cameras saw")
    files = _event_files(house, cases, folder, footage)
    recordings = [player.receive(f, c.recording) for f, c in zip(files, cases, strict=True)]
    player.wait_until_quiet(INTAKE_KINDS, "matching recordings to incidents")
    say("The public complains and asks; the records officer starts redaction")
    for case in cases:
        player.ask(case, incidents[case.case.number])
    redacted = [
        (case, recording)
        for case, recording in zip(cases, recordings, strict=True)
        if case.case.ending in (Ending.PUBLISHED, Ending.WAITING)
    ]
    jobs = [job for _, recording in redacted for job in player.redact(recording)]
    say("Docking two weeks of recordings while the workers redact")
    _dock_history(player, department, folder)
    player.wait_for_jobs(jobs, "redaction")
    player.wait_until_quiet([JobKind.DECIDE.value], "decisions")
    player.wait_for_jobs(player.measure_coverage(), "coverage")
    say("The records officer proposes, the supervisor approves")
    releases = {c.case.number: player.propose_and_approve(c, r) for c, r in redacted}
    wanted = [releases[c.case.number] for c, _ in redacted if c.case.ending is Ending.PUBLISHED]
    closed = player.closed_gates(wanted)
    if closed:
        say(f"still closed: {closed}")
    player.wait_until_published(wanted)
    say("The supervisor publishes coverage; the custody chain is followed to its end")
    player.publish_coverage(min(duty.starts_at for duty in department.duties).date())
    player.wait_for_jobs(player.follow_custody(), "custody")
    shutil.rmtree(folder)
    (house.settings.home / MARK).touch()
    return wanted


def _event_files(
    house: House, cases: list[StagedCase], folder: Path, footage: list[Path]
) -> list[Path]:
    """The recordings of the cases: the real files, or composed ones."""
    if footage:
        return real_files(footage)
    models = house.settings.models_folder
    cast = load_cast(load("astronaut", models), load("grace-hopper", models))
    return [_compose(case.case, cast, folder) for case in cases]


def _compose(case: Case, cast: Cast, folder: Path) -> Path:
    """Shoot one case."""
    file = folder / f"AXR{case.seed:04d}.mp4"
    compose_event(file, cast=cast, seed=case.seed, seconds=case.seconds, night=case.night)
    return file


def _dock_history(player: Player, department: Department, folder: Path) -> None:
    """Compose and dock the two weeks of uneventful recordings."""
    for place, planned in enumerate(department.recordings):
        file = folder / f"AXQ{place:04d}.mp4"
        compose_quiet(file, seed=place, seconds=planned.seconds)
        player.receive(file, planned)
        file.unlink()


def _is_video(path: Path) -> bool:
    """Whether the first bytes are those of a recording."""
    try:
        recognise(path)
    except MediaError:
        return False
    return True


def _case_of(house: House, file: Path, place: int) -> Case:
    """A published case around a real file, in a shift of one of the officers with a camera."""
    facts = probe(file, probe_limits(house.settings.intake))
    template = CASES[0]
    return replace(
        template,
        number=f"2026-{5000 + place:06d}",
        title=f"Recording {place + 1}",
        summary="A recording that was complained about and asked for.",
        badge=OFFICERS[place % (len(OFFICERS) - 1)][0],
        seconds=max(int(facts.duration), 9),
        facts={**FORCE, "arrest_made": False},
    )
