"""`bwc coverage audit | review-draw`: draw at random, make a draw again, review, read results."""

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bwc.canonical import Json, JsonObject
from bwc.cli.console import FINDING, exits, print_result
from bwc.cli.coverage_options import ACTOR, AsJson, Rules, Since, Until, read_days, rules_for
from bwc.cli.sessions import writing
from bwc.clock import SystemClock, iso
from bwc.coverage.audit_frames import Redrawn, frame_document_of, redraw, write_frame_csv
from bwc.coverage.audit_results import audit_result, write_results_csv
from bwc.coverage.audit_reviews import Mark, Question, review
from bwc.coverage.audits import draw_audit, draw_lines, find_audit
from bwc.coverage.words import audit_words

Note = Annotated[str, typer.Option(help="Why, in words.")]
By = Annotated[str, typer.Option(help="Who does it; stands in custody.")]
Number = Annotated[str, typer.Argument(help="Number of an audit.")]

app = typer.Typer(invoke_without_command=True)


@app.callback()
def audit(
    context: typer.Context,
    number: Annotated[str | None, typer.Option(help="Show an audit instead of a draw.")] = None,
    size: Annotated[int, typer.Option(help="How many officer-calls to draw.", min=1)] = 20,
    seed: Annotated[str | None, typer.Option(help="Draw as another audit did.")] = None,
    since: Since = None,
    until: Until = None,
    by: By = ACTOR,
    rules: Rules = None,
    csv_file: Annotated[
        Path | None, typer.Option("--csv", help="Write what the reviews say to this file.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Draw officer-calls at random, by strata and seed; or show what an audit's reviews say."""
    if context.invoked_subcommand is not None:
        return
    with exits(), writing() as (session, settings):
        if number is not None:
            row = find_audit(session, number)
        else:
            period = read_days(since, until, ZoneInfo(settings.department.timezone))
            row = draw_audit(
                session,
                period,
                size=size,
                seed=seed,
                by=by,
                at=SystemClock().now(),
                rules=rules_for(session, settings, rules),
                assembly_words=settings.department.assembly_words,
            )
            session.commit()
        lines = draw_lines(session, row)
        draws: list[Json] = [line.document() for line in lines]
        found = audit_result(session, row)
        document: JsonObject = {**found.document(), "draws": draws}
        if csv_file is not None:
            with csv_file.open("w", encoding="utf-8", newline="") as stream:
                write_results_csv(found, stream)
        text = [f"{row.number}, seed {row.seed}, from {iso(row.starts_at)} to {iso(row.ends_at)}"]
        text += [
            f"{one.place:>3}  {one.call:<14} badge {one.badge:<8} {one.stratum:<11}"
            f" reviewed {len(one.reviewers)}x  {one.id}"
            for one in lines
        ]
        text += audit_words([found])
        print_result(document, text="\n".join(text), as_json=as_json)


@app.command("redraw")
def draw_again(number: Number, as_json: AsJson = False) -> None:
    """Draw an audit again from its kept list; ends with 1 where the draw is another one."""
    with exits(), writing() as (session, _):
        found = redraw(session, find_audit(session, number))
        print_result(found.document(), text=_redrawn(found), as_json=as_json)
        if not found.is_same:
            raise typer.Exit(FINDING)


@app.command("frame")
def show_frame(
    number: Number,
    csv_file: Annotated[
        Path | None, typer.Option("--csv", help="Write the list to this file.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """The list that an audit drew from: every officer-call with its stratum."""
    with exits(), writing() as (session, _):
        document, frame = frame_document_of(session, find_audit(session, number))
        if csv_file is not None:
            with csv_file.open("w", encoding="utf-8", newline="") as stream:
                write_frame_csv(frame, stream)
        text = [f"{one.call:<14} badge {one.badge:<8} {one.stratum}" for one in frame]
        print_result(document, text="\n".join(text), as_json=as_json)


def review_draw(
    draw: Annotated[str, typer.Argument(help="Id of a draw.")],
    activation: Annotated[Mark, typer.Option(help=Question.ACTIVATION.value)],
    notice: Annotated[Mark, typer.Option(help=Question.NOTICE.value)],
    deescalation: Annotated[Mark, typer.Option(help=Question.DEESCALATION.value)],
    intervention: Annotated[Mark, typer.Option(help=Question.INTERVENTION.value)],
    tag: Annotated[Mark, typer.Option(help=Question.TAG.value)],
    by: Annotated[str, typer.Option(help="The reviewer; stands in custody.")],
    note: Note = "",
    as_json: AsJson = False,
) -> None:
    """Fill the form of one draw; a second reviewer measures agreement."""
    with exits(), writing() as (session, settings):
        marks = (activation, notice, deescalation, intervention, tag)
        answers = dict(zip(Question, marks, strict=True))
        rules, now = rules_for(session, settings), SystemClock().now()
        row = review(session, draw, answers, note=note, by=by, at=now, rules=rules)
        session.commit()
        document: JsonObject = {"id": row.id, "answers": row.answers, "looked_at": row.looked_at}
        print_result(document, text="written down", as_json=as_json)


def _redrawn(found: Redrawn) -> str:
    """Whether a draw came out the same, in words."""
    head = f"{found.number}, seed {found.seed}, {len(found.again)} drawn again from {found.held}"
    if found.is_same:
        return f"{head}: the same draw"
    lines = [
        f"{place:>3}  {one.call} badge {one.badge}, now {other.call} badge {other.badge}"
        for place, (one, other) in enumerate(zip(found.kept, found.again, strict=False), start=1)
        if one != other
    ]
    return "\n".join([f"{head}: ANOTHER DRAW ({len(found.kept)} are in the catalog)", *lines])
