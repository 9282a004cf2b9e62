"""Pages from templates: strict about names, escaping everything, times in the agency's zone."""

from datetime import date, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Annotated
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

import jinja2
from fastapi import Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup

from api.desk.fact_words import about, shown
from api.desk.notes import Note
from api.desk.security import HEADERS
from api.desk.visit import CSRF_FIELD, SECOND_FACTOR, Visit
from api.desk.wording import author, duration, hours, plain, sentence, size, until, words
from api.problems import Problem
from bwc.access.roles import Right, allowed_in_part
from bwc.clock import iso
from bwc.coverage.bars_svg import draw_rate, draw_share
from bwc.coverage.rates import between, brief, percent, reach, spoken
from bwc.house import House
from bwc.requests.complaint_text import without_writer

FOLDER = Path(__file__).parent


class Pages:
    """The template environment of one application."""

    def __init__(self, house: House) -> None:
        """Load the templates; nothing is rendered yet."""
        self.house = house
        self.zone = ZoneInfo(house.settings.department.timezone)
        self.environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(FOLDER / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        filters = self.environment.filters
        filters["when"] = self.when
        filters["day"] = self.day
        filters["until"] = self.until
        filters["typed"] = self.typed
        filters["duration"] = duration
        filters["size"] = size
        filters["words"] = words
        filters["author"] = author
        filters["about"] = about
        filters["shown"] = shown
        filters["without_writer"] = without_writer
        filters["hours"] = hours
        filters["sentence"] = sentence
        filters["plain"] = plain
        filters["written"] = self.written
        filters["percent"] = percent
        filters["spoken"] = spoken
        filters["brief"] = brief
        filters["between"] = between
        filters["reach"] = reach
        filters["bar"] = lambda rate: Markup(draw_rate(rate))  # noqa: S704  figures alone
        filters["share_bar"] = lambda *share: Markup(draw_share(*share))  # noqa: S704  likewise

    def render(
        self,
        request: Request,
        template: str,
        *,
        status: int = HTTPStatus.OK,
        **values: object,
    ) -> HTMLResponse:
        """The page `template` with `values`, and what every page knows: who, where, what he may."""
        visit: Visit | None = getattr(request.state, "visit", None)
        role = visit.actor.role if visit else None
        page = self.environment.get_template(template).render(
            department=self.house.settings.department.name,
            me=visit.actor if visit else None,
            csrf=visit.session.csrf_token if visit else "",
            csrf_field=CSRF_FIELD,
            can={
                right.name.lower(): role is not None and allowed_in_part(role, right)
                for right in Right
            },
            path=request.url.path,
            note=Note.of(request.query_params.get("note")),
            **values,
        )
        return HTMLResponse(page, status_code=status)

    def problem(self, request: Request, problem: Problem) -> Response:
        """A problem as a page; whoever must sign in first is sent there."""
        if problem.status == HTTPStatus.UNAUTHORIZED:
            back = request.url.path if request.method == "GET" else "/"
            return RedirectResponse(f"/sign-in?next={back}", HTTPStatus.SEE_OTHER)
        if problem.code == SECOND_FACTOR:
            asked_on = urlsplit(request.headers.get("referer", "")).path or "/"
            return RedirectResponse(f"/code?next={quote(asked_on)}", HTTPStatus.SEE_OTHER)
        page = self.render(request, "problem.html", status=int(problem.status), problem=problem)
        page.headers.update(HEADERS)  # a crash is answered outside of the middleware
        return page

    def when(self, moment: datetime | None, missing: str = "not known") -> Markup:
        """A moment in the agency's zone, with the exact UTC time for machines."""
        if moment is None:
            return Markup('<span class="muted">{}</span>').format(missing)
        local = moment.astimezone(self.zone)
        shown = f"{local.day} {local:%b %Y, %H:%M}"
        exact = f"{local:%H:%M:%S %Z}"
        written = f'<time datetime="{iso(moment)}" title="{exact}">{shown}</time>'
        return Markup(written)  # noqa: S704  it holds no text of people

    def day(self, moment: datetime | None, missing: str = "not known") -> Markup:
        """A day in the agency's zone."""
        if moment is None:
            return Markup('<span class="muted">{}</span>').format(missing)
        local = moment.astimezone(self.zone)
        return Markup('<time datetime="{}">{}</time>').format(
            iso(moment), f"{local.day} {local:%b %Y}"
        )

    def typed(self, moment: datetime | None) -> str:
        """A moment as a datetime-local field holds it, in the agency's zone."""
        if moment is None:
            return ""
        local = moment.astimezone(self.zone)
        return local.strftime("%Y-%m-%dT%H:%M:%S" if local.second else "%Y-%m-%dT%H:%M")

    def written(self, text: str) -> Markup | str:
        """A day or time as a document writes it, shown as this desk shows times."""
        try:
            return self.when(datetime.fromisoformat(text)) if "T" in text else _day(text)
        except ValueError:
            return text

    def until(self, moment: datetime) -> str:
        """How long until `moment`, or how long it is overdue."""
        return until(moment, now=self.house.clock.now())


def _day(text: str) -> Markup:
    day = date.fromisoformat(text)
    return Markup('<time datetime="{}">{}</time>').format(text, f"{day.day} {day:%b %Y}")


def get_pages(request: Request) -> Pages:
    """The pages of the application that serves `request`."""
    pages: Pages = request.app.state.pages
    return pages


PagesDep = Annotated[Pages, Depends(get_pages)]


Back = Annotated[str, Form(max_length=300)]
"""The page of ours that a form was sent from, where one form stands on several; see `inside`."""


def inside(target: str) -> str:
    """`target` if it is a path of this application, else the start page."""
    is_path = target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if is_path and target.isprintable() and "\\" not in target else "/"


def back_to(path: str, note: Note | None = None) -> RedirectResponse:
    """Where the browser goes after a form was done."""
    joint = "&" if "?" in path else "?"
    target = f"{path}{joint}note={note.name.lower()}" if note else path
    return RedirectResponse(target, HTTPStatus.SEE_OTHER)
