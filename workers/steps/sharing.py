"""Jobs that take a share of another job's recording: they look at segments, or draw pieces.

The other job answers for the whole and needs none of them: what one of these leaves undone it does
itself. So nothing that stops one of these is a failure; the other job meets it too, and says so. They
find its workbench where both have one spool, on one machine or on storage that machines share.
"""

import time
from collections.abc import Callable

import structlog

from bwc.canonical import JsonObject
from bwc.catalog.job import Job, JobState
from bwc.errors import BwcError, Cancelled
from bwc.ids import Sha256
from bwc.redaction.analyse import look_along
from bwc.redaction.fixity import sha256_of
from bwc.redaction.render import Source, draw_along, open_source
from bwc.redaction.workbench import Workbench, visit
from workers.context import StepContext
from workers.steps.redaction import bench_of, engine_of, recording_of

ASK_SECONDS = 1.0  # between two looks at whether the other job still runs
LIVE = (JobState.RUNNING, JobState.WAITING)  # one whose worker was killed waits for its next

log = structlog.get_logger()

Work = Callable[[Source, Sha256, Workbench, Callable[[int], None]], int]


class _Ended(Cancelled):
    """The other job has ended, and nobody needs the work any more."""


def analyse_part(context: StepContext) -> None:
    """Look at segments of a recording that another job analyses."""

    def look(
        source: Source, sha256: Sha256, workbench: Workbench, report: Callable[[int], None]
    ) -> int:
        finders = engine_of(context.settings.models_folder).finders
        return look_along(
            source, sha256=sha256, finders=finders, workbench=workbench, report=report
        )

    _share(context, look)


def render_part(context: StepContext) -> None:
    """Draw pieces of a recording that another job renders."""

    def draw(
        source: Source, sha256: Sha256, workbench: Workbench, report: Callable[[int], None]
    ) -> int:
        return draw_along(source, sha256=sha256, workbench=workbench, report=report)

    _share(context, draw)


def _share(context: StepContext, work: Work) -> None:
    """Do `work` as long as the other job runs, and end well whatever came of it."""
    result: JsonObject = {"of": context.job.arguments.get("of")}
    workbench = visit(bench_of(context.settings, str(result["of"])))
    try:
        if workbench is not None and _is_live(context):
            result["frames"] = _work(context, workbench, work)
    except _Ended as ended:
        result["stopped"] = ended.code
    except Cancelled:
        raise
    except FileNotFoundError:
        if workbench is None or workbench.folder.exists():
            raise
        result["stopped"] = _Ended.code
    except BwcError as error:
        log.warning("sharing_stopped", reason=error.code)
        result["stopped"] = error.code
    with context.finish(result):
        return


def _work(context: StepContext, workbench: Workbench, work: Work) -> int:
    """Do `work` on the very bytes that the recording had when it was taken in."""
    sha256 = Sha256(recording_of(context).sha256)
    asked_at = time.monotonic()

    with context.vault.path(sha256) as path:
        if sha256_of(path) != sha256:
            return 0
        source = open_source(path)

        def report(count: int) -> None:
            nonlocal asked_at
            if time.monotonic() - asked_at > ASK_SECONDS:
                asked_at = time.monotonic()
                if not _is_live(context):
                    raise _Ended("the job that was shared has ended", where=context.job.id)
            context.report(min(1.0, count / source.look.frames_expected), "sharing")

        return work(source, sha256, workbench, report)


def _is_live(context: StepContext) -> bool:
    """Whether the job that is shared has not ended."""
    with context.catalog.read() as session:
        job = session.get(Job, str(context.job.arguments.get("of")))
    return job is not None and job.state in LIVE
