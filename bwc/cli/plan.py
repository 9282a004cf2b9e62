"""`bwc plan`: read, compare and check plans, and decide by hand who is who and who stays visible.

A plan is never changed in place: each change writes a new version, with a line in its history.
"""

import json
from pathlib import Path

import typer

from bwc.canonical import Json, JsonObject
from bwc.cli.console import FINDING, exits, print_result, say
from bwc.errors import Conflict, InvalidInput, NotFound
from bwc.redaction.by_hand import hide, merge_persons, split_person, unhide
from bwc.redaction.person_list import PersonLine, persons_of
from bwc.redaction.plan import Plan, read_plan, write_plan
from bwc.redaction.plan_check import faults
from bwc.redaction.plan_diff import differences
from bwc.redaction.plan_words import describe, describe_sound, listed, short
from bwc.settings import load_settings

app = typer.Typer(help="Read, compare and change what a plan hides, person by person.")

PLAN = typer.Argument(..., metavar="PLAN", help="The plan, as JSON.")
BY = typer.Option(..., "--by", help="Your name; it goes into the plan's history.")
OUT = typer.Option(..., "-o", "--out", help="Where the new version is written.")
AS_JSON = typer.Option(False, "--json", help="Print the result as JSON.")


@app.command("show")
def show(path: Path = PLAN, as_json: bool = AS_JSON) -> None:
    """What a plan hides, who stays visible and why, and how it came about."""
    with exits():
        plan = read_plan(path)
    print_result(_summary(plan), text="\n".join(_lines(plan)), as_json=as_json)


@app.command("check")
def check(path: Path = PLAN, as_json: bool = AS_JSON) -> None:
    """Whether a plan is sound in itself. Exit code 0: it is. 1: faults. 2: it is no plan."""
    with exits():
        plan = read_plan(path)
    found = faults(plan)
    result: JsonObject = {
        "sha256": plan.sha256,
        "verdict": "faults" if found else "sound",
        "faults": list(found),
        "tracks_left_visible": _left_visible(plan),
    }
    print_result(result, text="\n".join(found) or "the plan is sound", as_json=as_json)
    if found:
        raise typer.Exit(FINDING)


@app.command("diff")
def diff(
    before: Path = typer.Argument(..., metavar="A", help="The earlier plan."),
    after: Path = typer.Argument(..., metavar="B", help="The later plan."),
    as_json: bool = AS_JSON,
) -> None:
    """What changed from one plan to another. Exit code 0: nothing. 1: something."""
    with exits():
        found = differences(read_plan(before), read_plan(after))
    print_result(found.document(), text="\n".join(found.lines()), as_json=as_json)
    if not found.is_none:
        raise typer.Exit(FINDING)


@app.command("schema")
def schema() -> None:
    """The JSON Schema of a plan; docs/plan.schema.json is this, printed."""
    print(schema_text(), end="")  # noqa: T201 - the command's result


@app.command("persons")
def persons(
    path: Path = PLAN,
    original: Path = typer.Option(..., "--original", help="The recording it was made for."),
    sheet: Path = typer.Option(..., "--sheet", help="Where the contact sheet (JPEG) is written."),
    out: Path | None = typer.Option(None, "-o", "--out", help="Where the grouped plan is written."),
    as_json: bool = AS_JSON,
) -> None:
    """Group the tracks into persons, and picture each. The sheet shows unredacted faces.

    A plan that has persons keeps them. Grouping never changes what is hidden.
    """
    from bwc.redaction.contact import contact_sheet, find_persons
    from bwc.redaction.engine import Engine
    from bwc.redaction.face_vectors import FaceEncoder

    with exits():
        plan = read_plan(path)
        _require_new(out, sheet)
        _require_original(plan, original)
        settings = load_settings()
        found = find_persons(
            original,
            plan,
            faces=Engine(settings.models_folder).finders.faces,
            encoder=FaceEncoder() if settings.redaction.likeness else None,
        )
        sheet.write_bytes(contact_sheet(found.crops))
        if out is not None:
            write_plan(found.plan, out)
    lines = persons_of(found.plan)
    say(f"{sheet} shows faces that are hidden elsewhere: keep it with the recording")
    result: JsonObject = {
        "sheet": str(sheet),
        "plan": str(out) if out else None,
        "plan_sha256": found.plan.sha256,
        "pictured": list(found.crops),
        "persons": [line.document() for line in lines],
    }
    words = [line.words() for line in lines] or ["nobody was found"]
    print_result(result, text="\n".join(words), as_json=as_json)


@app.command("merge-persons")
def merge(
    path: Path = PLAN,
    kept: int = typer.Argument(..., metavar="A", help="The person that stays."),
    merged: int = typer.Argument(..., metavar="B", help="The person that becomes a part of A."),
    by: str = BY,
    out: Path = OUT,
    as_json: bool = AS_JSON,
) -> None:
    """Say that two persons are one. What is hidden stays hidden, what is visible stays visible."""
    with exits():
        changed = merge_persons(read_plan(path), kept, merged, by=by)
        _write(changed, out)
    _tell(changed, out, as_json=as_json)


@app.command("split-person")
def split(
    path: Path = PLAN,
    person: int = typer.Argument(..., metavar="PERSON", help="Who is more than one."),
    tracks: list[int] = typer.Argument(..., metavar="TRACK...", help="Tracks of somebody else."),
    by: str = BY,
    out: Path = OUT,
    as_json: bool = AS_JSON,
) -> None:
    """Say that some tracks of a person are somebody else. What is hidden stays as it is."""
    with exits():
        changed = split_person(read_plan(path), person, tracks, by=by)
        _write(changed, out)
    _tell(changed, out, as_json=as_json)


@app.command("unhide")
def unhide_person(
    path: Path = PLAN,
    person: int = typer.Argument(..., metavar="PERSON", help="Who shall be SEEN in what leaves."),
    reason: str = typer.Option(..., "--reason", help="Why; it is kept with each track."),
    by: str = BY,
    out: Path = OUT,
    as_json: bool = AS_JSON,
) -> None:
    """DANGER: leave a person visible. Every track it has now is no longer hidden.

    Look at the contact sheet first: a wrong track in this person shows somebody else's face.
    """
    with exits():
        changed = unhide(read_plan(path), person, reason=reason, by=by)
        _write(changed, out)
    tracks = [track.id for track in changed.tracks if track.person == person]
    say(f"person {person} will be SEEN: tracks {listed(tracks)} are no longer hidden")
    _tell(changed, out, as_json=as_json)


@app.command("hide")
def hide_person(
    path: Path = PLAN,
    person: int = typer.Argument(..., metavar="PERSON", help="Who shall be hidden again."),
    by: str = BY,
    out: Path = OUT,
    as_json: bool = AS_JSON,
) -> None:
    """Hide a person again."""
    with exits():
        changed = hide(read_plan(path), person, by=by)
        _write(changed, out)
    _tell(changed, out, as_json=as_json)


def schema_text() -> str:
    """The JSON Schema of a plan as text."""
    return json.dumps(Plan.model_json_schema(), indent=1, sort_keys=True) + "\n"


def _write(plan: Plan, out: Path) -> None:
    """Write a new version. Raises Conflict where something is there already."""
    _require_new(out)
    write_plan(plan, out)


def _require_new(*places: Path | None) -> None:
    """Refuse to write over anything, or into no folder."""
    for place in places:
        if place is not None and place.exists():
            raise Conflict("exists already: a version is never overwritten", where=str(place))
        if place is not None and not place.parent.is_dir():
            raise Conflict("the folder to write to does not exist", where=str(place.parent))


def _require_original(plan: Plan, original: Path) -> None:
    """Refuse pictures of another recording than the plan's."""
    from bwc.redaction.fixity import sha256_of

    if not original.is_file():
        raise NotFound("there is no such file", where=str(original))
    got = sha256_of(original)
    if got != plan.original.sha256:
        raise InvalidInput(
            "this plan was made for another recording",
            where=original.name,
            expected=plan.original.sha256,
            got=got,
        )


def _tell(plan: Plan, out: Path, *, as_json: bool) -> None:
    """What the new version is."""
    lines: list[PersonLine] = persons_of(plan)
    result: JsonObject = {
        "plan": str(out),
        "plan_sha256": plan.sha256,
        "history": plan.history[-1].model_dump(mode="json"),
        "tracks_left_visible": _left_visible(plan),
        "persons": [line.document() for line in lines],
    }
    words = [f"{out}: {plan.history[-1].what}", *(line.words() for line in lines)]
    print_result(result, text="\n".join(words), as_json=as_json)


def _summary(plan: Plan) -> JsonObject:
    """The plan in short, as JSON."""
    tracks: list[Json] = [track.model_dump(mode="json", exclude={"keys"}) for track in plan.tracks]
    return {
        "sha256": plan.sha256,
        "original_sha256": plan.original.sha256,
        "frames": plan.original.frames,
        "tracks": tracks,
        "tracks_left_visible": _left_visible(plan),
        "persons": [line.document() for line in persons_of(plan)],
        "sound": [cut.model_dump(mode="json") for cut in plan.sound],
        "history": [change.model_dump(mode="json") for change in plan.history],
    }


def _lines(plan: Plan) -> list[str]:
    """The plan for people."""
    size = plan.original
    return [
        f"plan {plan.sha256[:12]} for recording {size.sha256[:12]}, {size.frames} frames",
        f"{len(plan.tracks)} tracks, {_left_visible(plan)} of them left visible",
        *(line.words() for line in persons_of(plan)),
        *(f"track {track.id}: {describe(track, plan)}" for track in plan.tracks),
        *(f"sound: {describe_sound(cut)}" for cut in plan.sound),
        *(f"history: {short(change.by)}: {change.what}" for change in plan.history),
    ]


def _left_visible(plan: Plan) -> int:
    return sum(track.shown is not None for track in plan.tracks)
