"""Accounts and sessions on both databases: what is written down, what locks, what ends."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from bwc.access import sessions, users
from bwc.access.sessions import SignInLimits
from bwc.access.users import NewUser
from bwc.catalog.store import Catalog
from bwc.catalog.tables import CustodyEntry, Officer, Role, User
from bwc.catalog.tables import Session as SessionRow
from bwc.custody.acts import Act
from bwc.errors import Conflict, InvalidInput, NotFound, NotPermitted

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PASSWORD = "quiet maple lantern orbit"
LIMITS = SignInLimits(attempts=3, lock=timedelta(minutes=15))
IDLE = timedelta(minutes=30)


def add(catalog: Catalog, username: str = "ana", role: Role = Role.RECORDS) -> None:
    with catalog.write() as session:
        new = NewUser(username=username, name=username.title(), role=role)
        users.create_user(session, new, password=PASSWORD, by="root", at=NOW)
        session.commit()


def sign_in(
    catalog: Catalog, *, password: str = PASSWORD, username: str = "ana", at: datetime = NOW
) -> sessions.SignedIn:
    return sessions.sign_in(catalog, username=username, password=password, limits=LIMITS, at=at)


def acts(catalog: Catalog) -> list[str]:
    with catalog.read() as session:
        return list(session.scalars(sa.select(CustodyEntry.act).order_by(CustodyEntry.position)))


def test_creating_an_account_is_in_the_ledger(catalog: Catalog) -> None:
    add(catalog)
    with catalog.read() as session:
        entry = session.scalars(sa.select(CustodyEntry)).one()
    assert (entry.act, entry.actor) == (Act.USER_CREATED, "root")
    assert PASSWORD not in str(entry.detail)


def test_a_user_name_is_taken_once(catalog: Catalog) -> None:
    add(catalog)
    with pytest.raises(Conflict):
        add(catalog)


@pytest.mark.parametrize("username", ["", "A", "Ana", "ana maria", "../ana", "a" * 41])
def test_a_strange_user_name_is_refused(sqlite_catalog: Catalog, username: str) -> None:
    with pytest.raises(InvalidInput):
        add(sqlite_catalog, username)


def test_an_officers_account_needs_a_badge_that_someone_wears(catalog: Catalog) -> None:
    with catalog.write() as session:
        session.add(Officer(badge="1204", name="R. Vega", unit="P"))
        session.flush()
        for badge in (None, "9999"):
            new = NewUser(username="vega", name="V", role=Role.OFFICER, badge=badge)
            with pytest.raises(InvalidInput):
                users.create_user(session, new, password=PASSWORD, by="root", at=NOW)
        new = NewUser(username="vega", name="V", role=Role.OFFICER, badge="1204")
        user = users.create_user(session, new, password=PASSWORD, by="root", at=NOW)
        assert user.officer_id is not None


def test_signing_in_opens_a_session_whose_token_is_not_stored(catalog: Catalog) -> None:
    add(catalog)
    signed_in = sign_in(catalog)
    found = sessions.find_session(catalog, signed_in.token, idle=IDLE, at=NOW)
    assert found is not None
    assert found.actor.username == "ana"
    with catalog.read() as session:
        row = session.scalars(sa.select(SessionRow)).one()
    assert signed_in.token not in (row.token_sha256, row.csrf_token)
    assert acts(catalog)[-1] == Act.SIGN_IN


@pytest.mark.parametrize("case", ["wrong password", "unknown user", "closed account"])
def test_every_refusal_says_the_same_and_is_written_down(catalog: Catalog, case: str) -> None:
    add(catalog)
    add(catalog, "other")
    if case == "closed account":
        with catalog.write() as session:
            users.deactivate(session, "ana", by="root", at=NOW)
            session.commit()
    with pytest.raises(NotPermitted) as refusal:
        sign_in(
            catalog,
            username="nobody" if case == "unknown user" else "ana",
            password="wrong" if case == "wrong password" else PASSWORD,
        )
    assert refusal.value.what == "the user name or the password is wrong, or the account is locked"
    assert acts(catalog)[-1] == Act.SIGN_IN_REFUSED


def test_wrong_passwords_lock_the_account_for_a_while(catalog: Catalog) -> None:
    add(catalog)
    for _ in range(LIMITS.attempts):
        with pytest.raises(NotPermitted):
            sign_in(catalog, password="wrong")
    with pytest.raises(NotPermitted):
        sign_in(catalog)
    assert sign_in(catalog, at=NOW + LIMITS.lock).actor.username == "ana"


def test_guesses_during_the_lock_do_not_make_it_longer(catalog: Catalog) -> None:
    add(catalog)
    for minute in range(10):
        with pytest.raises(NotPermitted):
            sign_in(catalog, password="wrong", at=NOW + timedelta(minutes=minute))
    assert sign_in(catalog, at=NOW + timedelta(minutes=18)).actor.username == "ana"


def test_a_good_sign_in_forgets_the_failures_before_it(catalog: Catalog) -> None:
    add(catalog)
    for _ in range(2):
        for _ in range(LIMITS.attempts - 1):
            with pytest.raises(NotPermitted):
                sign_in(catalog, password="wrong")
        sign_in(catalog)


def test_a_session_locks_when_idle_and_lives_while_used(catalog: Catalog) -> None:
    add(catalog)
    token = sign_in(catalog).token
    at = NOW
    for _ in range(4):
        at += timedelta(minutes=25)
        assert sessions.find_session(catalog, token, idle=IDLE, at=at) is not None
    at += timedelta(minutes=31)
    assert sessions.find_session(catalog, token, idle=IDLE, at=at) is None


def test_looking_at_a_session_does_not_keep_it_alive(catalog: Catalog) -> None:
    add(catalog)
    token = sign_in(catalog).token
    for minutes in (10, 20, 29):
        at = NOW + timedelta(minutes=minutes)
        assert sessions.peek_session(catalog, token, idle=IDLE, at=at) is not None
    at = NOW + timedelta(minutes=30)
    assert sessions.peek_session(catalog, token, idle=IDLE, at=at) is None


def test_a_session_ends_after_its_lifetime_however_busy(catalog: Catalog) -> None:
    add(catalog)
    token = sign_in(catalog).token
    at = NOW
    while at < NOW + sessions.LIFETIME - timedelta(minutes=20):
        at += timedelta(minutes=20)
        sessions.find_session(catalog, token, idle=IDLE, at=at)
    at = NOW + sessions.LIFETIME
    assert sessions.find_session(catalog, token, idle=IDLE, at=at) is None


def test_signing_out_ends_the_session_once(catalog: Catalog) -> None:
    add(catalog)
    signed_in = sign_in(catalog)
    for _ in range(2):
        with catalog.write() as session:
            sessions.sign_out(session, signed_in.session_id, at=NOW)
            session.commit()
    assert sessions.find_session(catalog, signed_in.token, idle=IDLE, at=NOW) is None
    assert acts(catalog).count(Act.SIGN_OUT) == 1


def test_a_new_password_ends_open_sessions_and_the_lock(catalog: Catalog) -> None:
    add(catalog)
    token = sign_in(catalog).token
    for _ in range(LIMITS.attempts):
        with pytest.raises(NotPermitted):
            sign_in(catalog, password="wrong")
    with catalog.write() as session:
        fresh = "another maple lantern"
        users.change_password(session, "ana", password=fresh, by="root", at=NOW)
        session.commit()
    assert sessions.find_session(catalog, token, idle=IDLE, at=NOW) is None
    assert sign_in(catalog, password=fresh).actor.username == "ana"


def test_a_new_role_or_a_closed_account_ends_open_sessions(catalog: Catalog) -> None:
    add(catalog)
    first = sign_in(catalog).token
    with catalog.write() as session:
        users.change_role(session, "ana", role=Role.AUDITOR, by="root", at=NOW)
        session.commit()
    second = sign_in(catalog).token
    with catalog.write() as session:
        users.deactivate(session, "ana", by="root", at=NOW)
        session.commit()
    for token in (first, second):
        assert sessions.find_session(catalog, token, idle=IDLE, at=NOW) is None
    assert acts(catalog).count(Act.USER_CHANGED) == 2


def test_a_closed_account_opens_again(catalog: Catalog) -> None:
    add(catalog)
    with catalog.write() as session:
        users.deactivate(session, "ana", by="root", at=NOW)
        users.reactivate(session, "ana", by="root", at=NOW)
        session.commit()
    assert sign_in(catalog).actor.username == "ana"


def test_the_last_administrator_cannot_be_closed_or_made_something_else(catalog: Catalog) -> None:
    add(catalog, "chief", Role.ADMIN)
    with catalog.write() as session:
        with pytest.raises(Conflict):
            users.deactivate(session, "chief", by="root", at=NOW)
        with pytest.raises(Conflict):
            users.change_role(session, "chief", role=Role.RECORDS, by="root", at=NOW)
    add(catalog, "second", Role.ADMIN)
    with catalog.write() as session:
        users.deactivate(session, "chief", by="root", at=NOW)
        session.commit()
    with catalog.read() as session:
        assert [u.username for u in users.list_users(session) if u.active] == ["second"]


def test_an_account_that_is_not_there_is_said_to_be(catalog: Catalog) -> None:
    with catalog.write() as session, pytest.raises(NotFound):
        users.deactivate(session, "nobody", by="root", at=NOW)


def test_the_stored_password_is_only_a_hash(catalog: Catalog) -> None:
    add(catalog)
    with catalog.read() as session:
        user = session.scalars(sa.select(User)).one()
    assert user.password_hash.startswith("$argon2id$")
