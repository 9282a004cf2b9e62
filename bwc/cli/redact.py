"""`bwc redact-file`, `bwc verify-file`, `bwc models`: without catalog, server or network."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import typer

from bwc.canonical import Json, JsonObject
from bwc.cli.console import FINDING, MISUSE, exits, print_result, say
from bwc.cli.hide import HIDE_HELP, kinds_of
from bwc.cli.papers import Papers
from bwc.cli.places import require_places
from bwc.cli.sound_options import (
    CAPTIONS_HELP,
    EFFECT_HELP,
    TIME_HELP,
    TRANSCRIPT_HELP,
    sound_options,
    system_user,
)
from bwc.errors import Conflict, IntegrityError, InvalidInput, NotFound
from bwc.media.audio import length
from bwc.redaction import models as pinned_models
from bwc.redaction.asked import ask
from bwc.redaction.certificate import limits
from bwc.redaction.check_certificate import check_certificate, read_certificate
from bwc.redaction.engine import (
    Engine,
    Outcome,
    rejected_path,
    require_kept,
    require_same_original,
    unfinished_path,
)
from bwc.redaction.engine import redact_file as redact
from bwc.redaction.every_finder import EveryFinder
from bwc.redaction.findings import MEANING, Check, count_of
from bwc.redaction.fixity import sha256_of, unchanged
from bwc.redaction.parts import RenderMode
from bwc.redaction.plan import Effect, Shape, SoundEffect, read_plan
from bwc.redaction.planning import DEFAULT_HIDE
from bwc.redaction.settle import Stage
from bwc.redaction.verify import Material, Verification, verify
from bwc.settings import load_settings

SAY_EVERY_SECONDS = 1.0
RENDER_HELP = (
    "Copy pictures and sound that stay as they are where the recording allows it, or code all anew."
)

models = typer.Typer(help="Fetch the detectors, checked by hash.")


def redact_file(
    original: Path = typer.Argument(..., metavar="IN", help="The recording."),
    into: Path = typer.Argument(..., metavar="OUT", help="Where the redacted MP4 appears."),
    plan: Path | None = typer.Option(None, "--plan", help="Hide what this plan says."),
    save_plan: Path | None = typer.Option(None, "--save-plan", help="Write the plan here."),
    certificate: Path | None = typer.Option(None, "--certificate", help="Write it here."),
    hide: str | None = typer.Option(None, "--hide", help=HIDE_HELP),
    effect: Effect | None = typer.Option(None, "--effect", help="How it is covered."),
    shape: Shape | None = typer.Option(None, "--shape", help="What of a region is covered."),
    mute: list[str] = typer.Option([], "--mute", metavar="START-END", help=TIME_HELP),
    transcript: Path | None = typer.Option(None, "--transcript", help=TRANSCRIPT_HELP),
    heard_instead: SoundEffect = typer.Option(SoundEffect.MUTE, "--sound", help=EFFECT_HELP),
    captions: Path | None = typer.Option(None, "--captions", help=CAPTIONS_HELP),
    render: RenderMode = typer.Option(RenderMode.SMART, "--render", help=RENDER_HELP),
    no_verify: bool = typer.Option(False, "--no-verify", help="No verification, no certificate."),
    force: bool = typer.Option(False, "--force", help="Replace OUT where it exists."),
    as_json: bool = typer.Option(False, "--json", help="Print the result as JSON."),
) -> None:
    """Hide the people in one file, and prove it.

    Exit code 0: passed. 1: verification found something that rendering again could not settle;
    the picture lies at OUT.rejected.mp4 and the certificate lists it. 2: misuse, unreadable input.
    """
    with _says_what_is_kept(into), exits(), _only_verdicts_are_findings():
        _require_input(original, into, certificate, force=force, no_verify=no_verify)
        require_places(into, certificate, save_plan, captions)
        require_kept(original, into, rejected_path(into), certificate, save_plan)
        if plan and (hide or effect or shape):
            raise InvalidInput("a plan says itself what is hidden, and how", where=plan.name)
        given = read_plan(plan) if plan else None
        heard = sound_options(original, transcript=transcript, captions=captions, mute=mute)
        papers = Papers(original=original, plan=save_plan, certificate=certificate, heard=heard)
        asked = ask(
            hide=kinds_of(hide) if hide is not None else DEFAULT_HIDE,
            effect=effect or Effect.SOLID,
            shape=shape or Shape.BOX,
            mute=mute,
            transcript=heard.transcript,
            sound=heard_instead,
            by=system_user(),
            seconds=length(original) if mute or heard.transcript else None,
        )
        outcome = redact(
            original,
            into,
            engine=Engine(load_settings().models_folder),
            plan=given,
            asked=asked.model_copy(update={"render": render}),
            verified=not no_verify,
            progress=Teller(),
            before_it_appears=papers.write,
        )
    shown = rejected_path(into) if outcome.is_rejected else into
    print_result(_summary(outcome, shown), text=_words(outcome, shown), as_json=as_json)
    if outcome.is_rejected:
        raise typer.Exit(FINDING)


def verify_file(
    redacted: Path = typer.Argument(..., metavar="REDACTED", help="The file to judge."),
    original: Path | None = typer.Option(None, "--original", help="What it was made from."),
    plan: Path | None = typer.Option(None, "--plan", help="What it should hide."),
    certificate: Path | None = typer.Option(
        None, "--certificate", help="What should speak of this file."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print the result as JSON."),
) -> None:
    """Judge a redacted file, of any tool, by its own pictures and sound.

    Without a plan it judges the file itself, and each face either detector finds in which detail
    survives: solid fill is no finding, a mild blur or mosaic is one.
    Exit code 0: clean. 1: findings. 2: misuse, unreadable input.
    """
    with exits(), _only_verdicts_are_findings():
        for path in (redacted, original, plan, certificate):
            if path is not None and not path.is_file():
                raise NotFound("there is no such file", where=str(path))
        teller = Teller()
        material = Material(redacted, original, read_plan(plan) if plan else None)
        if original and material.plan:
            require_same_original(material.plan, sha256_of(original), where=original.name)
        papers = read_certificate(certificate) if certificate else None
        engine = Engine(load_settings().models_folder)
        alone = material.plan is None
        with unchanged(redacted) as sha256:
            verified = verify(
                material,
                EveryFinder(engine.verifier, engine.finders.faces) if alone else engine.verifier,
                report=lambda count: teller.count(Stage.VERIFY, count),
            )
            if papers is not None:
                verified = _with_papers(verified, papers, material)
    result: JsonObject = {
        "sha256": sha256,
        "verdict": "clean" if verified.passed else "findings",
        "frames": verified.frames,
        "looked_at": verified.looked_at,
        "checked": [check.value for check in Check if check in verified.checked],
        "findings": [finding.document() for finding in verified.findings],
    }
    print_result(result, text=_findings(verified), as_json=as_json)
    if not verified.passed:
        raise typer.Exit(FINDING)


def _with_papers(verified: Verification, papers: JsonObject, material: Material) -> Verification:
    """`verified` with whether the certificate belongs to these files."""
    wrong = check_certificate(
        papers,
        redacted=sha256_of(material.redacted),
        original=sha256_of(material.original) if material.original else None,
        plan=material.plan.sha256 if material.plan else None,
    )
    return replace(
        verified,
        findings=(*verified.findings, *wrong),
        checked=verified.checked | {Check.CERTIFICATE},
    )


@models.command("pull")
def pull(
    names: list[str] = typer.Argument(None, metavar="[NAME]...", help="Only these files."),
    kind: str = typer.Option("all", "--kind", help="model, demo, on-request or all the others."),
    as_json: bool = typer.Option(False, "--json", help="Print the result as JSON."),
) -> None:
    """Fetch what `models.toml` pins, once; later only the hashes are checked.

    A file that is pinned as on-request is fetched by its name or kind alone: mind its licence.
    """
    with exits():
        folder = load_settings().models_folder
        wanted = [pinned_models.find(name) for name in names or ()] or _of_kind(kind)
        fetched = pinned_models.pull(folder, files=wanted, say=say)
    result: JsonObject = {
        "folder": str(folder),
        "fetched": [file.name for file in fetched],
        "checked": [file.name for file in wanted],
    }
    print_result(result, text=f"{len(wanted)} files in {folder}", as_json=as_json)


@models.command("list")
def list_models(as_json: bool = typer.Option(False, "--json", help="Print as JSON.")) -> None:
    """What is pinned: name, licence, source, what it was trained on, and whether it is here."""
    with exits():
        folder = load_settings().models_folder
        rows: list[Json] = [
            {
                "name": file.name,
                "purpose": file.purpose,
                "licence": file.licence,
                "source": file.source,
                "training": file.training,
                "sha256": file.sha256,
                "is_cached": pinned_models.is_cached(file, folder),
            }
            for file in pinned_models.pinned()
        ]
    lines = [f"{file.name:22} {file.licence:32} {file.purpose}" for file in pinned_models.pinned()]
    print_result(rows, text="\n".join(lines), as_json=as_json)


@contextmanager
def _only_verdicts_are_findings() -> Iterator[None]:
    """Here exit code 1 is a verdict on a picture; a broken model or recording is exit code 2."""
    try:
        yield
    except IntegrityError as error:
        say(f"bwc: {error}")
        raise typer.Exit(MISUSE) from error


@contextmanager
def _says_what_is_kept(into: Path) -> Iterator[None]:
    """Where the work stops before its end, say what is left of it and what that shows."""
    try:
        yield
    except BaseException as error:
        kept = unfinished_path(into)
        if kept.is_dir() and not isinstance(error.__cause__, Conflict):
            say(
                f"bwc: {kept}: what was finished is kept, and the same command goes on from there."
                " It holds pictures that are not redacted: remove it if you do not go on"
            )
        raise


class Teller:
    """Progress on stderr: a line when a stage begins and one a second."""

    def __init__(self) -> None:
        """Nothing said yet."""
        self._stage: Stage | None = None
        self._said = 0.0

    def __call__(self, stage: Stage, share: float) -> None:
        """`share` of `stage` is done."""
        self._line(stage, f"{share:4.0%}")

    def count(self, stage: Stage, frames: int) -> None:
        """`frames` of a file of unknown length are done."""
        self._line(stage, f"{frames} frames")

    def _line(self, stage: Stage, done: str) -> None:
        """Say it, if it is time."""
        now = time.monotonic()
        if stage is self._stage and now - self._said < SAY_EVERY_SECONDS:
            return
        self._stage, self._said = stage, now
        say(f"{stage.value} {done}")


def _require_input(
    original: Path, into: Path, certificate: Path | None, *, force: bool, no_verify: bool
) -> None:
    """Refuse before the work what could only fail after it."""
    if not original.is_file():
        raise NotFound("there is no such file", where=str(original))
    if into.exists() and not force:
        raise Conflict("exists already", where=str(into), advice="Add --force to replace it")
    if certificate and no_verify:
        raise InvalidInput("without verification there is no certificate to write")


def _of_kind(text: str) -> list[pinned_models.PinnedFile]:
    """What `--kind` names."""
    if text == "all":
        return pinned_models.by_default()
    try:
        return pinned_models.pinned(pinned_models.Kind(text))
    except ValueError as exc:
        known = ", ".join(kind.value for kind in pinned_models.Kind)
        raise InvalidInput("no such kind", expected=f"{known} or all", got=text) from exc


def _summary(outcome: Outcome, shown: Path) -> JsonObject:
    """The result as JSON."""
    verified = outcome.verification
    kinds = Counter(track.kind.value for track in outcome.plan.tracks)
    return {
        "verdict": outcome.verdict,
        "file": str(shown),
        "original_sha256": outcome.original_sha256,
        "redacted_sha256": outcome.redacted_sha256,
        "plan_sha256": outcome.plan.sha256,
        "frames": outcome.plan.original.frames,
        "tracks": dict(sorted(kinds.items())),
        "muted": len(outcome.plan.sound),
        "share_hidden": round(verified.hidden_share, 5) if verified else None,
        "render": outcome.parts.document,
        "rendered_again": outcome.rendered_again,
        "findings": len(verified.findings) if verified else None,
        "seconds": {stage.value: round(spent, 3) for stage, spent in outcome.seconds.items()},
    }


def _words(outcome: Outcome, shown: Path) -> str:
    """The result for people."""
    tracks = len(outcome.plan.tracks)
    muted = len(outcome.plan.sound)
    head = f"{shown}: {outcome.verdict}; {outcome.plan.original.frames} frames, {tracks} tracks"
    head += f", sound taken out: {muted}" if muted else ""
    if outcome.verification is not None and (said := limits(outcome.plan)):
        head += f"\n{said}"
    if outcome.verification is None or outcome.verification.passed:
        return head
    return f"{head}\n{_findings(outcome.verification)}"


def _findings(verified: Verification) -> str:
    """What verification found, a line for each check that failed."""
    if verified.passed:
        return f"clean: {verified.frames} frames, {verified.looked_at} looked at independently"
    lines = [
        f"{check.value}: {count_of(check, verified.findings).words} (must be: {MEANING[check]})"
        for check in dict.fromkeys(finding.check for finding in verified.findings)
    ]
    return "\n".join(lines)
