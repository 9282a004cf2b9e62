"""The rights of the account that bwc runs under on PostgreSQL: it owns no table."""

import re
from pathlib import Path

import sqlalchemy as sa

from bwc.catalog.store import Catalog, answering
from bwc.errors import Conflict, InvalidInput

SCRIPT = Path(__file__).with_name("grants.sql")
ROLE = re.compile(r"[a-z_][a-z0-9_]{0,62}")


def grants(role: str) -> str:
    """The SQL that gives the account `role` what it needs, for the owner of the tables to run.

    Raises:
        InvalidInput: `role` is not a plain lower-case name.
    """
    if not ROLE.fullmatch(role):
        raise InvalidInput(
            "not a role", expected="lower-case letters, digits and _", got=repr(role)
        )
    return SCRIPT.read_text(encoding="utf-8").replace("{role}", role)


def grant(catalog: Catalog, role: str) -> None:
    """Give `role` its rights. `catalog` must be opened as the owner of the tables.

    Raises:
        Conflict: the database has no accounts, or not this one.
        InvalidInput: `role` is not a plain lower-case name.
    """
    if catalog.engine.dialect.name != "postgresql":
        raise Conflict("only PostgreSQL has accounts", got=catalog.engine.dialect.name)
    try:
        with answering(), catalog.engine.begin() as connection:
            connection.exec_driver_sql(grants(role))
    except sa.exc.ProgrammingError as exc:
        raise Conflict(
            "this account cannot be given its rights",
            where=role,
            got=str(exc.orig).partition("\n")[0],
            advice="Make it first: CREATE ROLE ... LOGIN; and run this as the owner of the tables",
        ) from exc
