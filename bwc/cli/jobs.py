"""`bwc jobs`: see what waits, runs or died and why; stop a job; let dead ones try again."""

from typing import Annotated

import typer

from bwc.canonical import JsonObject
from bwc.catalog.job import Job, JobState
from bwc.cli.console import exits, print_result
from bwc.cli.sessions import reading, writing
from bwc.clock import SystemClock, iso
from bwc.errors import InvalidInput
from bwc.jobs import endings, listing
from bwc.jobs.explain import why_waiting

ACTOR = "command line"

app = typer.Typer(help="See, cancel and retry work.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
JobId = Annotated[str, typer.Argument(metavar="JOB", help="The id of a job.")]


@app.command("list")
def list_(
    state: Annotated[JobState | None, typer.Option(help="Only jobs that stand there.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most, the newest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List jobs, the newest first, and what each waits for."""
    with exits():
        with reading() as (session, _):
            jobs = listing.list_jobs(session, state=state, limit=limit)
            documents = [_document(job, why_waiting(session, job)) for job in jobs]
        lines = [f"{d['id']}  {d['kind']:<12} {d['explanation']}" for d in documents]
        print_result([*documents], text="\n".join(lines) or "no jobs", as_json=as_json)


@app.command()
def show(job_id: JobId, as_json: AsJson = False) -> None:
    """Show one job."""
    with exits():
        with reading() as (session, _):
            job = listing.get_job(session, job_id)
            document = _document(job, why_waiting(session, job))
        lines = [f"{name:<14} {value}" for name, value in document.items() if value is not None]
        print_result(document, text="\n".join(lines), as_json=as_json)


@app.command()
def cancel(job_id: JobId, as_json: AsJson = False) -> None:
    """Stop a job: at once where it waits, at its next report where it runs."""
    with exits():
        with writing() as (session, _):
            job = endings.cancel(session, job_id, by=ACTOR, now=SystemClock().now())
            document = _document(job, why_waiting(session, job))
            session.commit()
        print_result(document, text=str(document["explanation"]), as_json=as_json)


@app.command("retry-dead")
def retry_dead(
    job_id: Annotated[str | None, typer.Argument(metavar="[JOB]", help="A dead job.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every dead job.")] = False,
    as_json: AsJson = False,
) -> None:
    """Let a dead job, and those that died because they need it, try again."""
    with exits():
        if (job_id is None) != every:
            raise InvalidInput("say which", expected="either the id of a dead job or --all")
        now = SystemClock().now()
        retried: list[str] = []
        with writing() as (session, _):
            for dead in listing.list_dead(session) if job_id is None else [job_id]:
                if dead not in retried:
                    jobs = endings.retry_dead(session, dead, by=ACTOR, now=now)
                    retried += [job.id for job in jobs]
            session.commit()
        print_result([*retried], text="\n".join(retried) or "no dead job", as_json=as_json)


def _document(job: Job, explanation: str) -> JsonObject:
    return {
        "id": job.id,
        "kind": job.kind,
        "queue": job.queue.value,
        "subject_id": job.subject_id,
        "state": job.state.value,
        "explanation": explanation,
        "progress": job.progress,
        "stage": job.stage,
        "attempt": job.attempt,
        "failures": job.failures,
        "worker": job.worker,
        "requested_by": job.requested_by,
        "created_at": iso(job.created_at),
        "finished_at": iso(job.finished_at) if job.finished_at else None,
        "reason": job.reason,
        "result": job.result,
    }
