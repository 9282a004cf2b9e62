"""Pictures of coverage pages, each drawn for a screen and for a phone: words keep their size."""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from api.desk.coverage_frame import Frame
from api.desk.periods import Period
from bwc.coverage.calendar_words import calendar_days, calendar_names, calendar_words
from bwc.coverage.day import OfficerDay
from bwc.coverage.groups import Grouping
from bwc.coverage.series import Series
from bwc.coverage.timeline_svg import NARROW as NARROW_DAY
from bwc.coverage.timeline_svg import Links, draw_officer_day
from bwc.coverage.trend import Point
from bwc.coverage.trend_svg import NARROW, break_letters, draw_trend


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture in two widths, of which the style sheet shows one."""

    wide: Markup
    narrow: Markup


@dataclass(frozen=True, slots=True)
class TrendRow:
    """One line of the table beside a trend; `letter` marks a break before it."""

    name: str
    link: str
    point: Point
    letter: str | None


@dataclass(frozen=True, slots=True)
class TrendChart:
    """A trend as a picture and as a table."""

    by: Grouping
    picture: Picture
    rows: tuple[TrendRow, ...]

    @property
    def has_shares(self) -> bool:
        """Whether the picture shows any: a picture of rings alone says nothing."""
        return not all(row.point.group.tally.with_video.is_small for row in self.rows)


def trend_chart(found: Series, period: Period, frame: Frame, path: str, **more: str) -> TrendChart:
    """The chart; each point leads to `path` over its own days."""
    links = {
        point.group.name: _days_link(frame, path, point.group.name, found.by, more)
        for point in found.points
    }
    names = calendar_names(period.first, period.last, found.by)
    letters = break_letters(found.points)
    wide = draw_trend(found.points, found.by, names, links=links)
    narrow = draw_trend(found.points, found.by, names, links=links, canvas=NARROW)
    return TrendChart(
        by=found.by,
        picture=Picture(Markup(wide), Markup(narrow)),  # noqa: S704  they escape
        rows=tuple(
            TrendRow(
                calendar_words(point.group.name, found.by),
                links[point.group.name],
                point,
                letters.get(point.group.name),
            )
            for point in found.points
        ),
    )


def day_picture(day: OfficerDay, links: Links) -> Picture:
    """An officer's day."""
    wide, narrow = draw_officer_day(day, links), draw_officer_day(day, links, width=NARROW_DAY)
    return Picture(Markup(wide), Markup(narrow))  # noqa: S704  they escape


def _days_link(frame: Frame, path: str, name: str, by: Grouping, more: Mapping[str, str]) -> str:
    """The address of a page over the days of one point."""
    first, last = calendar_days(name, by)
    return frame.to(path, first=first.isoformat(), last=last.isoformat(), **more)
