"""From a recording to its plan: observe each segment, look further where asked, plan."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

from bwc.errors import IntegrityError
from bwc.ids import Sha256
from bwc.media.audio import first_moment
from bwc.media.decode import require_usable
from bwc.media.segments import Segment
from bwc.redaction.closer import Eyes, Finders
from bwc.redaction.further import FurtherFinder, look_further
from bwc.redaction.observe import LOOKING, observe
from bwc.redaction.pictures import upright_size
from bwc.redaction.plan import Plan
from bwc.redaction.planning import Seen, Wish, plan_from
from bwc.redaction.render import Source
from bwc.redaction.share import Task, make_all, make_some
from bwc.redaction.sights import Sight, frames_seen, joined
from bwc.redaction.workbench import Workbench

SAME_MOMENT = Fraction(1, 1000)  # containers say when they begin in microseconds, rounded


def analyse(
    source: Source,
    *,
    sha256: Sha256,
    finders: Finders,
    wish: Wish,
    workbench: Workbench,
    further: Sequence[FurtherFinder] = (),
    report: Callable[[int], None] = lambda _: None,
) -> Plan:
    """The plan for the recording `source`, whose bytes hash to `sha256`.

    Segments whose sight lies on `workbench` are not looked at again; `further` look in a second
    pass, for what `wish` hides beyond people. `report` is told the number of frames seen so far,
    by the share of the passes.

    Raises:
        MediaError: most of it does not decode.
    """
    passes = 2 if further else 1
    look = source.look
    tasks = _tasks(source, sha256=sha256, finders=finders, workbench=workbench)
    make_all(workbench, tasks, report=lambda count: report(count // passes))
    with joined(_sights(tasks), size=upright_size(look), time_base=look.time_base) as seen:
        require_usable(len(seen.pts), seen.damaged, where=source.path.name)
        again = look_further(
            source.path,
            look,
            seen,
            finders=further,
            report=lambda count: report((len(seen.pts) + count) // passes),
        )
        everything = Seen(seen, tuple(again))
        plan = plan_from(everything, sha256=sha256, look=look, finders=finders, wish=wish)
    return _beginning(plan, first_moment(source.path))


def _beginning(plan: Plan, moment: Fraction) -> Plan:
    """`plan`, saying when the recording begins where that is not at its first picture."""
    if abs(moment - plan.original.first_pts * plan.time_base) < SAME_MOMENT:
        return plan
    begins = (moment.numerator, moment.denominator)
    return plan.model_copy(update={"original": plan.original.model_copy(update={"begins": begins})})


def look_along(
    source: Source,
    *,
    sha256: Sha256,
    finders: Finders,
    workbench: Workbench,
    report: Callable[[int], None],
) -> int:
    """Look at segments that nobody has looked at, for who analyses `source` on `workbench`.

    How many frames have been seen in all; `report` is told meanwhile.
    """
    return make_some(
        workbench,
        _tasks(source, sha256=sha256, finders=finders, workbench=workbench),
        report=report,
    )


def _sights(tasks: Sequence[Task]) -> Iterator[Sight]:
    """What was seen in each segment. Raises IntegrityError where it is gone from the workbench."""
    for task in tasks:
        sight = Sight.load(task.place)
        if sight is None:
            raise IntegrityError("what was seen is gone from the workbench", where=task.place.name)
        yield sight


def _tasks(source: Source, *, sha256: Sha256, finders: Finders, workbench: Workbench) -> list[Task]:
    """The looks at each segment."""
    eyes = Eyes(finders, source.look)

    def task(segment: Segment) -> Task:
        place = workbench.place(
            "seen",
            {
                "original": sha256,
                "segment": [segment.start, segment.end],
                "finders": [finders.faces.sha256, finders.people.sha256],
                "looking": LOOKING,
            },
            ".npz",
        )

        def make(part: Path, report: Callable[[int], None]) -> None:
            observe(source.path, segment, look=source.look, eyes=eyes, report=report).save(part)

        return Task(place, make, frames_seen)

    return [task(segment) for segment in source.segments]
