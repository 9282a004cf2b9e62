"""The engine: a recording in, a redacted file and its certificate out.

`redact_file` is the whole of it, for the command line; jobs call the same parts one by one. It
needs no catalog, no server and no network.
"""

import errno
import functools
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from bwc.canonical import JsonObject
from bwc.errors import Cancelled, Conflict, IntegrityError, InvalidInput, TransientError
from bwc.ids import Sha256
from bwc.redaction.analyse import analyse
from bwc.redaction.asked import Asked
from bwc.redaction.certificate import Certified, certificate, public_certificate
from bwc.redaction.check_copied import is_copied_wrong
from bwc.redaction.closer import Finders, load_finders
from bwc.redaction.detect import Finder
from bwc.redaction.fixity import sha256_of, unchanged
from bwc.redaction.further import FurtherFinder, load_further
from bwc.redaction.independent import IndependentFinder
from bwc.redaction.parts import Parts
from bwc.redaction.plan import Plan, Speech
from bwc.redaction.planning import Wish
from bwc.redaction.render import Source, open_source
from bwc.redaction.settle import USUAL, Manner, Stage, render_plan, settle, why
from bwc.redaction.speech import Detector, load_detector, speech_in
from bwc.redaction.verify import Verification
from bwc.redaction.workbench import Workbench, alone_on, put_in_place

Progress = Callable[[Stage, float], None]  # a stage, and the share of it that is done


COPIED_WRONG = "what was copied is more than the original's pictures and sound"
REPORT_SECONDS = 0.5  # between two reports while nothing but sound is worked on


class Engine:
    """The detectors, loaded when first needed."""

    def __init__(
        self,
        models_folder: Path,
        *,
        verifier: Finder | None = None,
        listener: Callable[[], Detector] = load_detector,
    ) -> None:
        """Work with the models in the cache `models_folder`, or with another verifier or listener."""
        self._folder = models_folder
        self.listener = listener
        self._verifier = verifier

    @property
    def finders(self) -> Finders:
        """The two that make plans, loaded anew: half a gigabyte that goes with the plan's making.

        Raises:
            NotFound: they were never pulled.
            IntegrityError: their cached bytes are not the pinned ones.
        """
        return load_finders(self._folder)

    def further(self, wish: Wish) -> tuple[FurtherFinder, ...]:
        """Those that only some wishes need. Raises NotFound, IntegrityError."""
        return load_further(wish.hide, self._folder)

    @cached_property
    def verifier(self) -> Finder:
        """The independent one. Raises NotFound, IntegrityError."""
        return self._verifier or IndependentFinder(self._folder)


@dataclass(slots=True)
class Clocked:
    """Passes progress on and adds up the seconds of each stage."""

    frames: int
    progress: Progress
    seconds: dict[Stage, float] = field(default_factory=dict)

    def __call__(self, stage: Stage, count: int) -> None:
        """`count` frames of `stage` are done."""
        self.progress(stage, min(1.0, count / self.frames))

    @contextmanager
    def stage(self, stage: Stage) -> Iterator[None]:
        """Time what happens inside."""
        began = time.perf_counter()
        self.progress(stage, 0.0)
        try:
            yield
        finally:
            self.seconds[stage] = self.seconds.get(stage, 0.0) + time.perf_counter() - began


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one redaction; `verification` is None where it was not asked for."""

    original_sha256: Sha256
    redacted_sha256: Sha256
    plan: Plan
    parts: Parts
    verification: Verification | None
    rendered_again: int
    certificate: JsonObject | None
    public_certificate: JsonObject | None
    seconds: dict[Stage, float]

    @property
    def is_rejected(self) -> bool:
        """Whether verification left something that rendering again could not settle."""
        return self.verification is not None and not self.verification.passed

    @property
    def verdict(self) -> str:
        """In a word."""
        if self.verification is None:
            return "not verified"
        return "passed" if self.verification.passed else "failed"


def make_plan(
    source: Source,
    *,
    sha256: Sha256,
    engine: Engine,
    wish: Wish,
    workbench: Workbench,
    clocked: Clocked,
) -> Plan:
    """Analyse a recording: what is seen, and where somebody speaks."""
    with clocked.stage(Stage.ANALYSE), ThreadPoolExecutor(1) as beside:
        stop = threading.Event()
        speech = beside.submit(
            speech_in,
            source.path,
            source.sound,
            load=engine.listener,
            check=lambda: _go_on_unless(stop),
        )
        try:
            plan = analyse(
                source,
                sha256=sha256,
                finders=engine.finders,
                wish=wish,
                workbench=workbench,
                further=engine.further(wish),
                report=lambda count: clocked(Stage.ANALYSE, count),
            )
            heard = _waited_for(speech, lambda: clocked(Stage.ANALYSE, clocked.frames))
        finally:
            stop.set()
        return plan.model_copy(update={"speech": heard})


def _go_on_unless(stop: threading.Event) -> None:
    """Raise Cancelled once `stop` is set: nobody waits for the answer any more."""
    if stop.is_set():
        raise Cancelled("the work that it belongs to has stopped")


def _waited_for(coming: Future[Speech | None], report: Callable[[], None]) -> Speech | None:
    """What `coming` brings; meanwhile `report` is called, whose errors end the waiting."""
    while True:
        report()
        if wait([coming], timeout=REPORT_SECONDS).done:
            return coming.result()


def render_and_verify(
    source: Source,
    into: Path,
    *,
    plan: Plan,
    given_plan: Sha256 | None,
    engine: Engine,
    workbench: Workbench,
    clocked: Clocked,
    manner: Manner = USUAL,
) -> Outcome:
    """Render `plan` into `into`, verify, settle and certify; `given_plan` as in `Certified`.

    Raises:
        IntegrityError: the plan was made for other bytes than those of `source`, or one of the
            two files changed meanwhile.
        TransientError: no room on the disk.
    """
    with room_for(into), unchanged(source.path) as original:
        require_same_original(plan, original, where=source.path.name)
        settled = settle(
            source,
            into,
            plan=plan,
            verifier=engine.verifier,
            workbench=workbench,
            report=clocked,
            manner=manner,
        )
    case = Certified(
        original_sha256=original,
        redacted_sha256=settled.sha256,
        look=source.look,
        plan=settled.plan,
        verification=settled.verification,
        verifier=engine.verifier,
        rendered_again=settled.rendered_again,
        parts=settled.parts,
        given_plan=given_plan,
    )
    return Outcome(
        original_sha256=original,
        redacted_sha256=case.redacted_sha256,
        plan=settled.plan,
        parts=settled.parts,
        verification=settled.verification,
        rendered_again=settled.rendered_again,
        certificate=certificate(case),
        public_certificate=public_certificate(case),
        seconds=clocked.seconds,
    )


def redact_file(
    original: Path,
    into: Path,
    *,
    engine: Engine,
    plan: Plan | None = None,
    asked: Asked | None = None,
    verified: bool = True,
    progress: Progress = lambda _stage, _share: None,
    before_it_appears: Callable[[Outcome], None] = lambda _outcome: None,
) -> Outcome:
    """Hide the people in `original` and write the result.

    Args:
        original: the recording.
        into: where the result appears in one step if it passed; else `rejected_path` has it.
        engine: the detectors.
        plan: what to hide; by default `original` is analysed.
        asked: what shall be hidden where it is analysed, what of the sound is taken out, and how
            it is rendered.
        verified: whether the result is verified; if not, there is no certificate.
        progress: told the stage and the share of it that is done.
        before_it_appears: writes what must be there first; where it raises, no result appears.

    Raises Conflict: another run writes `into`, or `original` lies where something is written.
    """
    asked = asked or Asked()
    source = open_source(original)
    clocked = Clocked(source.look.frames_expected, progress)
    with clocked.stage(Stage.HASH):
        sha256 = sha256_of(original)
    _require_made_for(plan, sha256, where=original.name)
    require_kept(original, into, rejected_path(into))
    with workbench_beside(into) as workbench, room_for(into):
        rejected_path(into).unlink(missing_ok=True)  # of an earlier run: it is not this one's
        found = plan or make_plan(
            source,
            sha256=sha256,
            engine=engine,
            wish=asked.wish,
            workbench=workbench,
            clocked=clocked,
        )
        whole = asked.extend(found, original)
        part = workbench.own("finished.mp4")
        given = plan.sha256 if plan else None
        finish: Callable[..., Outcome] = (
            functools.partial(render_and_verify, given_plan=given, engine=engine)
            if verified
            else _unverified
        )
        manner = Manner(asked.render)
        outcome = finish(
            source, part, plan=whole, workbench=workbench, clocked=clocked, manner=manner
        )
        before_it_appears(outcome)
        put_in_place(part, rejected_path(into) if outcome.is_rejected else into)
    return outcome


def rejected_path(into: Path) -> Path:
    """Where a picture lies that verification did not let pass."""
    return into.with_name(f"{into.name}.rejected.mp4")


def unfinished_path(into: Path) -> Path:
    """Where work on `into` lies that stopped before its end: of an original, and not redacted."""
    return into.with_name(f".{into.name}.unfinished")


def require_kept(original: Path, *written: Path | None) -> None:
    """Refuse where something that is written would take the original's place. Raises Conflict."""
    for place in written:
        if place is not None and place.exists() and place.samefile(original):
            raise Conflict("an original is never overwritten", where=str(place))


def _require_made_for(plan: Plan | None, sha256: Sha256, *, where: str) -> None:
    """Refuse a plan that somebody handed us for other bytes. Raises InvalidInput."""
    if plan is not None and plan.original.sha256 != sha256:
        raise InvalidInput(
            "this plan was made for another recording",
            where=where,
            expected=plan.original.sha256,
            got=sha256,
        )


def require_same_original(plan: Plan, sha256: Sha256, *, where: str) -> None:
    """Refuse a plan that was made for other bytes. Raises IntegrityError."""
    if plan.original.sha256 != sha256:
        raise IntegrityError(
            "the recording is not the one its plan was made for: it has changed",
            where=where,
            expected=plan.original.sha256,
            got=sha256,
        )


@contextmanager
def workbench_beside(into: Path) -> Iterator[Workbench]:
    """A workbench beside `into`; the same command finds there what it had done before it stopped.

    Raises:
        Conflict: there is no such folder, or another run writes `into` at this moment.
    """
    if not into.parent.is_dir():
        raise Conflict("the folder to write to does not exist", where=str(into.parent))
    with alone_on(unfinished_path(into)) as workbench:
        yield workbench


@contextmanager
def room_for(path: Path) -> Iterator[None]:
    """A full disk as our error."""
    try:
        yield
    except OSError as exc:
        if exc.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise
        raise TransientError(
            "there is no room for the redacted file", where=str(path.parent), got=exc.strerror
        ) from exc


def _unverified(
    source: Source,
    into: Path,
    *,
    plan: Plan,
    workbench: Workbench,
    clocked: Clocked,
    manner: Manner,
) -> Outcome:
    """Render `plan` into `into`, of which nobody checks more than that copies are copies."""
    finish = functools.partial(
        render_plan, source, into, plan=plan, workbench=workbench, report=clocked
    )
    with unchanged(source.path) as original:
        require_same_original(plan, original, where=source.path.name)
        parts = finish(why_full=why(manner.mode))
        if parts.copies and is_copied_wrong(into, source.path):
            parts = finish(why_full=COPIED_WRONG)
    return Outcome(
        original_sha256=original,
        redacted_sha256=sha256_of(into),
        plan=plan,
        parts=parts,
        verification=None,
        rendered_again=0,
        certificate=None,
        public_certificate=None,
        seconds=clocked.seconds,
    )
