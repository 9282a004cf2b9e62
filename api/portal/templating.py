"""Pages from templates: strict about names, escaping everything, times in the agency's zone."""

from datetime import date, datetime
from http import HTTPStatus
from pathlib import Path
from zoneinfo import ZoneInfo

import jinja2
from fastapi import Request
from fastapi.responses import Response
from markupsafe import Markup

from api.portal.answers import HTML, answer
from api.portal.settings import PortalSettings
from api.problems import Problem
from bwc.clock import iso

FOLDER = Path(__file__).parent
UNITS = ("bytes", "kB", "MB", "GB")
STEP = 1000
MICROSECONDS = 1_000_000
SMALLEST_SHARE = 0.001


class Pages:
    """The template environment of the portal."""

    def __init__(self, settings: PortalSettings) -> None:
        """Load the templates; nothing is rendered yet."""
        self._department = settings.department.name
        self._zone: ZoneInfo = settings.zone
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(FOLDER / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(
            when=self.when,
            day=self.day,
            size=size,
            duration=duration,
            words=words,
            month=month,
            cited=cited,
            percent=percent,
            moment=moment,
            seconds=seconds,
        )
        self._environment.tests.update(
            mapping_of_things=lambda value: isinstance(value, dict),
            list_of_things=lambda value: isinstance(value, list),
        )

    def render(
        self, request: Request, template: str, *, status: int = HTTPStatus.OK, **values: object
    ) -> Response:
        """The page `template` with `values`."""
        page = self._environment.get_template(template).render(
            department=self._department, path=request.url.path, **values
        )
        return answer(request, page.encode(), media_type=HTML, status=status)

    def problem(self, request: Request, problem: Problem) -> Response:
        """A problem as a page."""
        return self.render(request, "problem.html", status=int(problem.status), problem=problem)

    def when(self, moment: datetime) -> Markup:
        """A moment in the agency's zone, with the exact UTC time for machines."""
        local = moment.astimezone(self._zone)
        return Markup('<time datetime="{}">{} {}, {}</time>').format(
            iso(moment), local.day, f"{local:%B %Y}", f"{local:%H:%M %Z}"
        )

    def day(self, moment: date) -> Markup:
        """A day; of a moment, the day it is in the agency's zone."""
        if isinstance(moment, datetime):
            local = moment.astimezone(self._zone)
            return Markup('<time datetime="{}">{} {}</time>').format(
                iso(moment), local.day, f"{local:%B %Y}"
            )
        return Markup('<time datetime="{}">{} {}</time>').format(
            moment.isoformat(), moment.day, f"{moment:%B %Y}"
        )


def size(number: int) -> str:
    """A number of bytes for people.

    >>> size(532), size(2_380_401)
    ('532 bytes', '2.4 MB')
    """
    amount = float(number)
    for unit in UNITS[:-1]:
        if amount < STEP:
            return f"{amount:.0f} {unit}" if unit == UNITS[0] else f"{amount:.1f} {unit}"
        amount /= STEP
    return f"{amount:.1f} {UNITS[-1]}"


def duration(microseconds: int | None) -> str:
    """A length of footage as a clock.

    >>> duration(3_725_400_000), duration(59_900_000)
    ('1:02:05', '0:59')
    """
    if microseconds is None:
        return "length not known"
    minutes, seconds = divmod(microseconds // MICROSECONDS, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def moment(second: float) -> str:
    """A place in the video as a clock.

    >>> moment(61.9)
    '1:01'
    """
    return duration(int(second * MICROSECONDS))


def seconds(number: float) -> str:
    """A place in the video as an address names it.

    >>> seconds(61.95), seconds(2.0)
    ('61.95', '2')
    """
    return f"{number:.3f}".rstrip("0").rstrip(".")


def words(code: str) -> str:
    """A code as words.

    >>> words("RELEASE_REDACTED"), words("frames_seen")
    ('Release redacted', 'Frames seen')
    """
    said = code.replace("_", " ").replace("-", " ").strip()
    said = said.lower() if said.isupper() else said
    return said[:1].upper() + said[1:]


def month(text: str) -> str:
    """A month as people say it.

    >>> month("2026-03")
    'March 2026'
    """
    return f"{date.fromisoformat(f'{text}-01'):%B %Y}"


def percent(share: float) -> str:
    """A share as a percentage; what is there but rounds to nothing is still there.

    >>> percent(0.0213), percent(0.0), percent(0.00004)
    ('2.1 %', '0 %', 'below 0.1 %')
    """
    if share == 0:
        return "0 %"
    return f"{100 * share:.1f} %" if share >= SMALLEST_SHARE else "below 0.1 %"


def cited(citation: str) -> str:
    r"""A citation whose section signs stay with their numbers.

    >>> cited("C.R.S. § 24-31-902") == "C.R.S. §\N{NO-BREAK SPACE}24-31-902"
    True
    """
    return citation.replace("§ ", "§\N{NO-BREAK SPACE}")


def get_pages(request: Request) -> Pages:
    """The pages of the application that serves `request`."""
    pages: Pages = request.app.state.pages
    return pages
