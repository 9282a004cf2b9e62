"""The table of roles and rights keeps the promises of DESIGN section 1."""

import pytest

from bwc.access.roles import (
    OWN,
    RIGHTS,
    Actor,
    Right,
    allowed,
    allowed_in_part,
    require,
    require_for,
    require_in_part,
)
from bwc.catalog.user import Role
from bwc.errors import NotPermitted
from bwc.ids import UserId


def actor(role: Role, officer_id: str | None = None) -> Actor:
    return Actor(UserId("u"), "name", "Name", role, officer_id)


def test_every_role_stands_in_the_table() -> None:
    assert set(RIGHTS) == set(Role)


def test_every_right_is_someones() -> None:
    assert frozenset().union(*RIGHTS.values()) == set(Right)


@pytest.mark.parametrize("role", [Role.OVERSIGHT, Role.AUDITOR, Role.ADMIN])
def test_those_who_watch_the_department_see_no_raw_footage(role: Role) -> None:
    assert not allowed_in_part(role, Right.WATCH_FOOTAGE)


def test_an_auditor_alone_may_watch_what_he_drew_and_nothing_else_of_footage() -> None:
    assert [role for role in Role if allowed_in_part(role, Right.WATCH_DRAWN)] == [Role.AUDITOR]
    others = (Right.WATCH_FOOTAGE, Right.WATCH_RENDERINGS, Right.SEE_PERSONS)
    assert not any(allowed_in_part(Role.AUDITOR, right) for right in others)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SUPERVISOR])
def test_only_a_supervisor_approves_a_release(role: Role) -> None:
    assert allowed(Role.SUPERVISOR, Right.APPROVE_RELEASE)
    assert not allowed(role, Right.APPROVE_RELEASE)


@pytest.mark.parametrize("right", list(OWN))
def test_an_officer_reaches_his_own_and_nothing_else(right: Right) -> None:
    officer = actor(Role.OFFICER, "officer-1")
    require_in_part(officer, right)
    require_for(officer, right, "officer-1")
    with pytest.raises(NotPermitted):
        require(officer, right)
    for other in ("officer-2", None):
        with pytest.raises(NotPermitted, match="may not"):
            require_for(officer, right, other)


def test_an_account_tied_to_no_officer_owns_nothing() -> None:
    with pytest.raises(NotPermitted):
        require_for(actor(Role.OFFICER), Right.SEE_RECORDINGS, None)


def test_a_right_without_an_own_part_is_refused_whole() -> None:
    with pytest.raises(NotPermitted):
        require_in_part(actor(Role.OFFICER, "officer-1"), Right.APPROVE_RELEASE)
