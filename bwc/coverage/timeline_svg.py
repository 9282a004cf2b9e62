"""An officer's day as an SVG picture and the same facts as an HTML table.

Colours come from classes with presentation attributes as fallback; no style attribute and no
script, so it stands under a strict content security policy. Colour is never alone: each kind of
bar has its own labelled lane, and what is missing is hatched.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import escape
from typing import Final

from bwc.coverage.day import Bar, Lane, OfficerDay
from bwc.timeline import Span

WIDE: Final = 960
NARROW: Final = 340
LEFT = 84
RIGHT = 12
TOP = 28
ROW = 26
BAR = 18
THINNEST = 2  # pixels: a recording of a few seconds stays visible on a day
HOUR = timedelta(hours=1)
CLOCK_ROOM = 52  # pixels that a time over the axis needs

TITLES = {
    Lane.SHIFT: "Shift",
    Lane.CALL: "Calls",
    Lane.RECORDING: "Recordings",
    Lane.MISSING: "Missing",
}
PAINT = {
    Lane.SHIFT: 'fill="#8a96a3"',
    Lane.CALL: 'fill="#35618f"',
    Lane.RECORDING: 'fill="#2c7a4b"',
    Lane.MISSING: 'stroke="#b3261e" fill="url(#missing-{width})"',  # one hatching for each picture
}


@dataclass(frozen=True, slots=True)
class Links:
    """Where bars lead: addresses by call number and by recording id; none where absent."""

    calls: Mapping[str, str] = field(default_factory=dict)
    recordings: Mapping[str, str] = field(default_factory=dict)

    def of(self, bar: Bar) -> str | None:
        """The address behind a bar; a shift has none."""
        if bar.lane is Lane.SHIFT:
            return None
        if bar.lane is Lane.RECORDING:
            return self.recordings.get(bar.name)
        return self.calls.get(bar.name)


@dataclass(frozen=True, slots=True)
class Axis:
    """Which hours the picture shows, and how wide it is, in pixels."""

    span: Span[datetime]
    width: int

    def place(self, moment: datetime) -> float:
        """Where a moment stands from the left, in pixels."""
        share = (moment - self.span.start) / (self.span.end - self.span.start)
        return LEFT + share * (self.width - LEFT - RIGHT)


def draw_officer_day(day: OfficerDay, links: Links, *, width: int = WIDE) -> str:
    """The picture, as one `<svg>` element with a title and a link on each bar."""
    axis = Axis(_hours_of(day), width)
    lanes = [(lane, _rows(day.lane(lane))) for lane in Lane]
    height = TOP + ROW * sum(max(len(rows), 1) for _, rows in lanes) + 8
    parts = [
        (
            f'<svg class="timeline" xmlns="http://www.w3.org/2000/svg" role="group"'
            f' viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
            f' aria-label="{escape(_title(day))}" font-size="12">'
        ),
        f"<title>{escape(_title(day))}</title>",
        _hatching(width),
        *_hours(day, axis, height),
    ]
    top = TOP
    for lane, rows in lanes:
        parts.append(
            f'<text class="timeline-lane" x="4" y="{top + 17}" fill="currentColor">'
            f"{TITLES[lane]}</text>"
        )
        for row in rows or [[]]:
            parts += [_bar(day, bar, axis, top=top, link=links.of(bar)) for bar in row]
            top += ROW
        parts.append(
            f'<line class="timeline-rule" x1="0" x2="{width}" y1="{top}" y2="{top}"'
            ' stroke="currentColor" stroke-opacity="0.2"/>'
        )
    return "".join([*parts, "</svg>"])


def tabulate_officer_day(day: OfficerDay, links: Links) -> str:
    """The same facts as one `<table>` element."""
    rows = "".join(
        f"<tr><td>{TITLES[bar.lane]}</td><td>{_moment(day, bar.span.start)}</td>"
        f"<td>{_moment(day, bar.span.end)}</td><td>{_length(bar)}</td>"
        f"<td>{_linked(escape(_name(bar)), links.of(bar))}</td>"
        f"<td>{escape(_note(bar))}</td></tr>"
        for bar in day.bars
    )
    heads = ("What", "From", "To", "Length", "Call or recording", "Note")
    heading = "".join(f'<th scope="col">{head}</th>' for head in heads)
    return (
        f'<table class="timeline-table"><caption>{escape(_title(day))}</caption>'
        f"<thead><tr>{heading}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _title(day: OfficerDay) -> str:
    """What the picture shows."""
    return f"{day.officer.name}, badge {day.officer.badge}, on {day.day.isoformat()}"


def _rows(bars: Sequence[Bar]) -> list[list[Bar]]:
    """Bars that overlap stand in rows under each other."""
    rows: list[list[Bar]] = []
    for bar in bars:
        free = next((row for row in rows if row[-1].span.end <= bar.span.start), None)
        if free is None:
            rows.append([bar])
        else:
            free.append(bar)
    return rows


def _hours_of(day: OfficerDay) -> Span[datetime]:
    """The whole hours in which anything happens; all of the day where nothing does."""
    if not day.bars:
        return day.period
    first = min(bar.span.start for bar in day.bars) - day.period.start
    last = max(bar.span.end for bar in day.bars) - day.period.start
    start = day.period.start + first // HOUR * HOUR
    return Span(start, min(day.period.start - (-last // HOUR) * HOUR, day.period.end))


def _bar(day: OfficerDay, bar: Bar, axis: Axis, *, top: int, link: str | None) -> str:
    """One bar with its facts as its accessible name."""
    left = axis.place(bar.span.start)
    width = max(axis.place(bar.span.end) - left, THINNEST)
    since, until = _clock(day, bar.span.start), _clock(day, bar.span.end)
    facts = escape(f"{_name(bar)}, {since} to {until}: {_note(bar)}")
    shape = (
        f'<rect class="timeline-bar timeline-{bar.lane.value}" x="{left:.1f}" y="{top + 4}"'
        f' width="{width:.1f}" height="{BAR}" rx="2" {PAINT[bar.lane].format(width=axis.width)}>'
        f"<title>{facts}</title></rect>"
    )
    if link is None:
        return shape
    return f'<a href="{escape(link)}" aria-label="{facts}">{shape}</a>'


def _hours(day: OfficerDay, axis: Axis, height: int) -> Iterator[str]:
    """A line for each hour, or each of so many as fit, named by the local clock, which may jump."""
    moment, end = axis.span.start, axis.span.end
    fit = max(1, (axis.width - LEFT - RIGHT) // CLOCK_ROOM)
    step = next(n for n in (1, 2, 3, 4, 6, 12, 24, 48) if (end - moment) / HOUR <= n * fit) * HOUR
    while moment <= end:
        x = axis.place(moment)
        anchor = "end" if moment == end else "middle"
        yield (
            f'<line class="timeline-hour" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 6}" y2="{height}"'
            ' stroke="currentColor" stroke-opacity="0.15"/>'
            f'<text class="timeline-clock" x="{x:.1f}" y="14" text-anchor="{anchor}"'
            f' fill="currentColor">{_clock(day, moment)}</text>'
        )
        moment += step


def _hatching(width: int) -> str:
    """The pattern of what is missing; two pictures on one page are of different width."""
    return (
        f'<defs><pattern id="missing-{width}" width="6" height="6" patternUnits="userSpaceOnUse"'
        ' patternTransform="rotate(45)"><rect width="6" height="6" fill="#fbe3e0"/>'
        '<rect width="3" height="6" fill="#b3261e"/></pattern></defs>'
    )


def _clock(day: OfficerDay, moment: datetime) -> str:
    """The local time of day."""
    return moment.astimezone(day.zone).strftime("%H:%M")


def _moment(day: OfficerDay, moment: datetime) -> str:
    """A time for people that machines can read too."""
    local = moment.astimezone(day.zone)
    stamp = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    return f'<time datetime="{stamp}">{local:%H:%M:%S}</time>'


def _length(bar: Bar) -> str:
    """Hours, minutes and seconds."""
    whole = round((bar.span.end - bar.span.start).total_seconds())
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def _note(bar: Bar) -> str:
    """The note, and whether the bar goes on outside the day."""
    before = " (began the day before)" if bar.begins_before else ""
    after = " (goes on the next day)" if bar.ends_after else ""
    return f"{bar.note}{before}{after}"


def _name(bar: Bar) -> str:
    """What a bar is, as people say it."""
    if bar.lane is Lane.SHIFT:
        return "Shift"
    return "Recording" if bar.lane is Lane.RECORDING else f"Call {bar.name}"


def _linked(text: str, link: str | None) -> str:
    """Text, as a link where there is one."""
    return text if link is None else f'<a href="{escape(link)}">{text}</a>'
