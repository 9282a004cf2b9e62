"""From a recording to its plan: observe each segment, look further where asked, plan."""

import functools
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from bwc.ids import Sha256
from bwc.media.audio import first_moment
from bwc.media.decode import require_usable
from bwc.redaction.closer import Eyes, Finders
from bwc.redaction.further import FurtherFinder, look_further
from bwc.redaction.observe import LOOKING, observe
from bwc.redaction.pictures import upright_size
from bwc.redaction.plan import Plan
from bwc.redaction.planning import Seen, Wish, plan_from
from bwc.redaction.render import Source
from bwc.redaction.sights import Sight, joined
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
    sights = _sights(
        source,
        sha256=sha256,
        finders=finders,
        workbench=workbench,
        report=lambda count: report(count // passes),
    )
    with joined(sights, size=upright_size(look), time_base=look.time_base) as seen:
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


def _sights(
    source: Source,
    *,
    sha256: Sha256,
    finders: Finders,
    workbench: Workbench,
    report: Callable[[int], None],
) -> Iterator[Sight]:
    """What is seen in each segment, out of the workbench where it lies there."""
    eyes = Eyes(finders, source.look)
    done = 0
    for segment in source.segments:
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
        sight = Sight.load(place) if workbench.has(place) else None
        if sight is None:
            told = functools.partial(_told, report, done)
            sight = observe(source.path, segment, look=source.look, eyes=eyes, report=told)
            with workbench.making(place) as part:
                sight.save(part)
        done += len(sight.pts)
        report(done)
        yield sight


def _told(report: Callable[[int], None], before: int, count: int) -> None:
    """Report frames of a segment as frames of the recording."""
    report(before + count)
