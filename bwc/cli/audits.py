"""`bwc coverage findings | should-exist`: what the records show to be wrong, and what they lack."""

from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from sqlalchemy.orm import Session

from bwc.canonical import Json, JsonObject
from bwc.catalog.finding import FindingState
from bwc.cli.audit_draws import By, Note
from bwc.cli.console import exits, print_result
from bwc.cli.coverage_options import ACTOR, AsJson, Rules, Since, Until, read_days, rules_for
from bwc.cli.sessions import writing
from bwc.clock import SystemClock, parse_time
from bwc.coverage.finding_list import Asked, FindingLine, list_findings
from bwc.coverage.refreshing import refresh
from bwc.coverage.should_exist import (
    Reply,
    answer_none,
    footage_at,
    footage_of_call,
    footage_of_incident,
    letter,
)
from bwc.coverage.workflow import Reason, excuse, explain, find_row, reopen, sustain
from bwc.errors import InvalidInput


class Step(StrEnum):
    """What is done to a finding."""

    EXPLAIN = "explain"
    EXCUSE = "excuse"
    SUSTAIN = "sustain"
    REOPEN = "reopen"


def findings(
    since: Since = None,
    until: Until = None,
    state: Annotated[FindingState | None, typer.Option(help="Only those that stand so.")] = None,
    badge: Annotated[str | None, typer.Option(help="Only one officer's.")] = None,
    finding: Annotated[str | None, typer.Option(help="One finding's id, to act on.")] = None,
    step: Annotated[Step | None, typer.Option("--do", help="What to do with it.")] = None,
    reason: Annotated[Reason | None, typer.Option(help="Reason code of an explanation.")] = None,
    note: Note = "",
    by: By = ACTOR,
    rules: Rules = None,
    as_json: AsJson = False,
) -> None:
    """Bring findings up to date and list them; or explain, excuse, sustain or reopen one."""
    with exits(), writing() as (session, settings):
        if finding is not None:
            _act(session, finding, step, reason=reason, note=note, by=by)
        period = read_days(since, until, ZoneInfo(settings.department.timezone))
        now = SystemClock().now()
        done = refresh(session, period, by=by, at=now, rules=rules_for(session, settings, rules))
        lines = list_findings(session, Asked(period, state=state, badge=badge))
        session.commit()
        documents: list[Json] = [line.document() for line in lines]
        document: JsonObject = {"refreshed": done.document(), "findings": documents}
        text = [_finding(line) for line in lines]
        text.append(f"{len(lines)} findings; {done.raised} new, {done.gone} gone")
        print_result(document, text="\n".join(text), as_json=as_json)


def should_exist(
    call: Annotated[str | None, typer.Option(help="Number of a call.")] = None,
    badge: Annotated[str | None, typer.Option(help="An officer; with --at or --call.")] = None,
    at: Annotated[str | None, typer.Option(help="ISO 8601 with offset; with --badge.")] = None,
    incident: Annotated[str | None, typer.Option(help="Number of an incident.")] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Write a numbered answer that there is none.")
    ] = False,
    by: By = ACTOR,
    rules: Rules = None,
    as_json: AsJson = False,
) -> None:
    """Is there footage of a call, an officer at a time, or an incident?

    Yes, in quarantine, listed elsewhere, disposed of, lost, or no because.
    """
    with exits(), writing() as (session, settings):
        by_rules = rules_for(session, settings, rules)
        if call is not None:
            reply = footage_of_call(session, call, badge=badge, rules=by_rules)
        elif incident is not None:
            reply = footage_of_incident(session, incident, rules=by_rules)
        elif badge is not None and at is not None:
            reply = footage_at(session, badge, parse_time(at))
        else:
            raise InvalidInput(
                "nothing to look for", expected="--call, --incident, or --badge with --at"
            )
        now = SystemClock().now()
        if write:
            row = answer_none(session, reply, by=by, at=now)
            session.commit()
            print_result(row.document, text=str(row.document["text"]), as_json=as_json)
            return
        print_result(reply.document(), text=_reply(reply), as_json=as_json)


def _act(
    session: Session,
    finding_id: str,
    step: Step | None,
    *,
    reason: Reason | None,
    note: str,
    by: str,
) -> None:
    """One step of one finding; the command line speaks for the officer it concerns."""
    now = SystemClock().now()
    if step is Step.EXPLAIN:
        if reason is None:
            raise InvalidInput("an explanation needs its reason code", where="--reason")
        own = find_row(session, finding_id).officer_id
        explain(session, finding_id, reason=reason, note=note, by=by, officer_id=own, at=now)
    elif step is Step.EXCUSE:
        excuse(session, finding_id, note=note, by=by, at=now)
    elif step is Step.SUSTAIN:
        sustain(session, finding_id, note=note, by=by, at=now)
    elif step is Step.REOPEN:
        reopen(session, finding_id, note=note, by=by, at=now)
    else:
        raise InvalidInput("what to do with the finding?", where="--do")


def _finding(line: FindingLine) -> str:
    """One finding in a line."""
    about = [f"badge {line.badge}" if line.badge else "", f"call {line.call}" if line.call else "",
             line.camera or "", line.incident or "", line.why]  # fmt: skip
    gone = " (no longer so)" if line.gone_at else ""
    return f"{line.id}  {line.state.value:<9} {line.kind}{gone}: {', '.join(a for a in about if a)}"


def _reply(reply: Reply) -> str:
    """The ledger's answer in lines; the same words as a letter without a number."""
    return letter(reply, number="(not written)", at=SystemClock().now())
