"""`bwc user`: staff accounts from the command line. Passwords are asked for, never arguments."""

import sys
from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from bwc.access import users
from bwc.access.second_factor import take_away
from bwc.access.users import NewUser
from bwc.canonical import Json, JsonObject
from bwc.catalog.user import Role, User
from bwc.cli.console import exits, print_result
from bwc.cli.sessions import reading, writing
from bwc.clock import SystemClock, iso

ACTOR = "command line"

app = typer.Typer(help="Staff accounts: add, list, password, deactivate.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Username = Annotated[str, typer.Argument(help="The name the person signs in with.")]


@app.command()
def add(
    username: Username,
    role: Annotated[Role, typer.Option(help="What the person is to the department.")],
    name: Annotated[str, typer.Option(help="The person's name as pages show it.")] = "",
    badge: Annotated[str | None, typer.Option(help="Badge, for an officer's account.")] = None,
    as_json: AsJson = False,
) -> None:
    """Open an account; the password is asked for (or read as one line from standard input)."""
    with exits():
        new = NewUser(username=username, name=name, role=role, badge=badge)
        password = _ask_password()
        document = _change(
            lambda session, at: users.create_user(session, new, password=password, by=ACTOR, at=at)
        )
        print_result(document, text=f"{username} may now sign in as {role.value}", as_json=as_json)


@app.command("list")
def list_all(as_json: AsJson = False) -> None:
    """Every account with its role and state."""
    with exits():
        with reading() as (session, _):
            found: list[JsonObject] = [_document(user) for user in users.list_users(session)]
        lines = [
            f"{user['username']!s:<24} {user['role']!s:<11} {_state(user):<12} {user['name']}"
            for user in found
        ]
        documents: list[Json] = list(found)
        print_result(documents, text="\n".join(lines) or "no accounts yet", as_json=as_json)


@app.command()
def password(username: Username, as_json: AsJson = False) -> None:
    """Give an account a new password; its lock and its open sessions end."""
    with exits():
        fresh = _ask_password()
        document = _change(
            lambda session, at: users.change_password(
                session, username, password=fresh, by=ACTOR, at=at
            )
        )
        print_result(document, text=f"{username} has a new password", as_json=as_json)


@app.command("lose-second-factor")
def lose_second_factor(username: Username, as_json: AsJson = False) -> None:
    """Take an account's second factor away, as when a telephone is lost; its sessions end."""
    with exits():
        document = _change(lambda session, at: take_away(session, username, by=ACTOR, at=at))
        print_result(document, text=f"{username} has no second factor", as_json=as_json)


@app.command()
def deactivate(username: Username, as_json: AsJson = False) -> None:
    """Close an account; its sessions end at once and its history stays."""
    with exits():
        document = _change(lambda session, at: users.deactivate(session, username, by=ACTOR, at=at))
        print_result(document, text=f"{username} can no longer sign in", as_json=as_json)


def _change(act: Callable[[Session, datetime], User]) -> JsonObject:
    """One change of one account, in one transaction."""
    with writing() as (session, _):
        document = _document(act(session, SystemClock().now()))
        session.commit()
        return document


def _ask_password() -> str:
    """From the terminal, twice and unseen; or one line of standard input, for scripts."""
    if sys.stdin.isatty():
        typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return typed
    return sys.stdin.readline().rstrip("\r\n")


def _document(user: User) -> JsonObject:
    return {
        "id": user.id,
        "username": user.username,
        "name": user.name,
        "role": user.role.value,
        "active": user.active,
        "locked_until": iso(user.locked_until) if user.locked_until else None,
        "created_at": iso(user.created_at),
    }


def _state(user: JsonObject) -> str:
    return "active" if user["active"] else "deactivated"
