"""The jobs of redaction: analyse a recording into a plan, carry what is drawn, render and verify."""

import functools
import io
from contextlib import AbstractContextManager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import JsonObject
from bwc.catalog.recording import Recording
from bwc.catalog.release import Release, ReleaseState
from bwc.errors import NotFound
from bwc.ids import Sha256
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from bwc.redaction.anew import with_work_of
from bwc.redaction.asked import Asked
from bwc.redaction.carry_order import Carried, keep_carried
from bwc.redaction.carrying import carry_track
from bwc.redaction.contact import Persons, find_persons
from bwc.redaction.drawn import track_of
from bwc.redaction.engine import (
    Clocked,
    Engine,
    Outcome,
    make_plan,
    render_and_verify,
    room_for,
)
from bwc.redaction.face_vectors import FaceEncoder
from bwc.redaction.keep import (
    ENGINE,
    StoredFile,
    keep_plan,
    keep_rendering,
    plan_of,
    read_plan_row,
    rendering_of,
)
from bwc.redaction.keep_persons import StoredCrop, keep_persons
from bwc.redaction.order import EXACT, call_for_help, newest_plan_row
from bwc.redaction.parts import RenderMode
from bwc.redaction.plan import parse_plan
from bwc.redaction.poster import make_poster
from bwc.redaction.render import open_source
from bwc.redaction.revise import Revision
from bwc.redaction.settle import MOST_AGAIN, Manner, Stage
from bwc.redaction.workbench import Workbench, clear, open_workbench
from bwc.release.rows import PUBLIC
from bwc.settings import Settings
from workers.context import StepContext

RENDER_SHARE = 0.4  # of the rendering job's time; the rest is verification
ANALYSE_SHARE = 0.9  # of the analysis; the rest is telling people apart
MOST_SHARE = 0.97  # what is left is storing
SEGMENTS_EACH = 3  # for fewer nobody is called: a worker's start costs as much


def analyse(context: StepContext) -> None:
    """Look at every frame of the recording and write down what is to be hidden."""
    recording = recording_of(context)
    with context.catalog.read() as session:
        known = plan_of(session, job_id=context.job.id)
    if known is not None:
        with context.finish({"plan_id": known.id}):
            return
    sha256, asked = Sha256(recording.sha256), Asked.model_validate(context.job.arguments)
    with (
        context.vault.path(sha256) as path,
        shared_bench(context, JobKind.ANALYSE_PART) as workbench,
    ):
        source = open_source(path)
        clocked = Clocked(
            source.look.frames_expected,
            lambda stage, share: context.report(ANALYSE_SHARE * share, stage.value),
        )
        engine = engine_of(context.settings.models_folder)
        plan = make_plan(
            source,
            sha256=sha256,
            engine=engine,
            wish=asked.wish,
            workbench=workbench,
            clocked=clocked,
        )
        plan = asked.extend(plan, path)
        persons = find_persons(
            path,
            plan,
            faces=engine.finders.faces,
            encoder=_encoder() if context.settings.redaction.likeness else None,
            report=lambda _: context.report(ANALYSE_SHARE, "telling people apart"),
        )
        crops = _store_crops(context, persons)
        now, plan = context.clock.now(), persons.plan
        with context.catalog.read() as session:  # nobody changes it while this job is under way
            before = newest_plan_row(session, recording.id)
        if before is not None:
            known_work = parse_plan(before.document, where=before.id)
            plan = with_work_of(plan, known_work, version=before.version)
        result: JsonObject = {"plan_sha256": plan.sha256, "tracks": len(plan.tracks)}
        with context.finish(result) as session:
            row = keep_plan(
                session,
                plan,
                recording_id=recording.id,
                author=ENGINE,
                job_id=context.job.id,
                at=now,
            )
            keep_persons(session, row, crops, at=now)


def carry(context: StepContext) -> None:
    """Carry what a person drew through the pictures before and after, and keep what came of it."""
    recording, arguments = recording_of(context), context.job.arguments
    with context.catalog.read() as session:
        known = plan_of(session, job_id=context.job.id)
        row = plan_of(session, plan_id=str(arguments.get("plan_id")))
        plan = read_plan_row(row, where=recording.id)
    if known is not None:
        with context.finish({"plan_id": known.id}):
            return
    before = track_of(plan, int(str(arguments.get("track"))))
    with (
        context.vault.path(Sha256(recording.sha256)) as path,
        open_workbench(bench_of(context.settings, context.job.id)) as workbench,
    ):
        after = carry_track(
            open_source(path),
            plan,
            before.id,
            workbench=workbench,
            report=lambda share: context.report(MOST_SHARE * share, "following"),
        )
        revision = Revision(recording.id, context.job.requested_by)
        result: JsonObject = {"track": before.id, "stops": [stop.why for stop in after.stops]}
        with context.finish(result) as session:
            carried = Carried(before, after, context.job.id)
            keep_carried(session, revision, carried, at=context.clock.now())


def render(context: StepContext) -> None:
    """Render the plan from the original, hashed again right before, and verify the result."""
    recording = recording_of(context)
    with context.catalog.read() as session:
        made = rendering_of(session, context.job.id)
        plan_row = plan_of(session, **_wanted_plan(context))
        plan = read_plan_row(plan_row, where=recording.id)
    if made is not None:
        with context.finish({"rendering_id": made.id}):
            return
    context.vault.reserve(recording.size_bytes)
    with shared_bench(context, JobKind.RENDER_PART) as workbench:
        into, poster = workbench.own("video.mp4"), workbench.own("poster.jpg")
        with context.vault.path(Sha256(recording.sha256)) as path:
            source = open_source(path)
            engine = engine_of(context.settings.models_folder)
            clocked = Clocked(source.look.frames_expected, _Halves(context))
            outcome = render_and_verify(
                source,
                into,
                plan=plan,
                given_plan=plan.sha256,
                engine=engine,
                workbench=workbench,
                clocked=clocked,
                manner=_manner(context.job.arguments),
            )
        with room_for(into):
            make_poster(into, poster)
        context.report(MOST_SHARE, "storing")
        file = _store(context, into, poster, expected=outcome.redacted_sha256)
        _finish(context, outcome, file, plan_id=plan_row.id if plan_row else "")


def shared_bench(context: StepContext, part: JobKind) -> AbstractContextManager[Workbench]:
    """Where the job finds, when it is run again, the segments it had finished.

    Others are called to do a `part` there where it is long.
    """

    def call(segments: int) -> None:
        most = min(context.settings.jobs.share, segments // SEGMENTS_EACH) - 1
        with context.catalog.write() as session:
            call_for_help(session, context.job, part=part, most=most, at=context.clock.now())
            session.commit()

    return open_workbench(bench_of(context.settings, context.job.id), call=call)


def bench_of(settings: Settings, job_id: str) -> Path:
    """The folder of a job's workbench, on this machine or on a spool that machines share."""
    return settings.spool_folder / f"redaction-{job_id}"


def clear_bench(settings: Settings, job_id: str) -> None:
    """Destroy what a job that was cancelled or failed left to be gone on with: nobody will."""
    clear(bench_of(settings, job_id))


class _Halves:
    """Rendering and verification as one progress; a second round does not go back."""

    def __init__(self, context: StepContext) -> None:
        """Begin at nothing."""
        self._context = context
        self._reached = 0.0

    def __call__(self, stage: Stage, share: float) -> None:
        """`share` of `stage` is done. Raises Cancelled where the job is to stop."""
        if stage is Stage.VERIFY:
            now = RENDER_SHARE + (MOST_SHARE - RENDER_SHARE) * share
        else:
            now = RENDER_SHARE * share
        self._reached = max(self._reached, now)
        self._context.report(self._reached, stage.value)


def _finish(context: StepContext, outcome: Outcome, file: StoredFile, *, plan_id: str) -> None:
    """Keep the rendering, and let approved releases of the recording try their gates."""
    now = context.clock.now()
    result: JsonObject = {"verdict": outcome.verdict, "sha256": file.sha256}
    with context.finish(result) as session:
        plan_row = plan_of(session, plan_id=plan_id)
        if plan_row is None:
            raise NotFound("the plan is gone", where=plan_id)
        keep_rendering(
            session, outcome, file=file, plan_row=plan_row, job_id=context.job.id, at=now
        )
        for release_id in _approved_releases(session, plan_row.recording_id):
            enqueue(session, JobKind.PUBLISH, subject_id=release_id, requested_by=ENGINE, at=now)


def _store(context: StepContext, video: Path, poster: Path, *, expected: Sha256) -> StoredFile:
    """Put the rendering, which was verified as `expected`, and its poster into the vault."""
    with poster.open("rb") as file:
        poster_sha256 = context.vault.put(file).sha256
    with video.open("rb") as file:
        stored = context.vault.put(file, expected=expected)
    return StoredFile(
        sha256=stored.sha256, size_bytes=stored.size_bytes, poster_sha256=poster_sha256
    )


def _store_crops(context: StepContext, persons: Persons) -> list[StoredCrop]:
    """Put the pictures of the persons into the vault."""
    stored = []
    for person, crop in persons.crops.items():
        put = context.vault.put(io.BytesIO(crop.jpeg))
        stored.append(StoredCrop(person, put.sha256, put.size_bytes))
    return stored


def _wanted_plan(context: StepContext) -> dict[str, str | None]:
    """Which plan the job is to render: by its id, or by the analysis that made it."""
    arguments = context.job.arguments
    plan_id, job_id = arguments.get("plan_id"), arguments.get("analyse_job_id")
    return {
        "plan_id": str(plan_id) if plan_id else None,
        "job_id": str(job_id) if job_id else None,
    }


def _manner(arguments: JsonObject) -> Manner:
    """How the job is to render; what was signed is rendered as it was signed."""
    mode = RenderMode(str(arguments.get("render", RenderMode.SMART)))
    return Manner(mode, mends=0 if arguments.get(EXACT) else MOST_AGAIN)


def _approved_releases(session: Session, recording_id: str) -> list[str]:
    """Releases that may have waited for this rendering."""
    waiting = sa.select(Release.id).where(
        Release.recording_id == recording_id,
        Release.state == ReleaseState.APPROVED,
        Release.audience == PUBLIC,
    )
    return list(session.scalars(waiting))


def recording_of(context: StepContext) -> Recording:
    """The recording the job is about."""
    with context.catalog.read() as session:
        recording = session.get(Recording, context.job.subject_id)
    if recording is None:
        raise NotFound("no recording has this id", where=context.job.subject_id)
    return recording


@functools.cache
def engine_of(models_folder: Path) -> Engine:
    """The detectors of this worker process, loaded once."""
    return Engine(models_folder)


@functools.cache
def _encoder() -> FaceEncoder:
    """What tells faces apart, loaded once in this worker process."""
    return FaceEncoder()
