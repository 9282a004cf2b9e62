"""What a person may find by the search box, and where it stands."""

from bwc.access.roles import Actor, Right, allowed, allowed_in_part, narrowed_to
from bwc.catalog.views.search import Findable, Found, Reach

CASES = (Findable.INCIDENT, Findable.RELEASE, Findable.REQUEST, Findable.COMPLAINT)


def reach_of(actor: Actor) -> Reach:
    """The kinds that `actor` may find, and whether names of requesters are among the words."""
    kinds = [*CASES] if allowed(actor.role, Right.SEE_CASES) else []
    kinds += [Findable.OFFICER] if allowed(actor.role, Right.SEE_COVERAGE) else []
    officer_id = None
    if allowed_in_part(actor.role, Right.SEE_RECORDINGS):
        kinds.append(Findable.RECORDING)
        officer_id = narrowed_to(actor, Right.SEE_RECORDINGS)
    return Reach(
        frozenset(kinds),
        officer_id,
        requesters=allowed(actor.role, Right.SEE_REQUESTERS),
        people=allowed(actor.role, Right.SEE_INVOLVED),
    )


def page_of(found: Found, *, may_take: bool) -> str | None:
    """The page that shows it; None where this person has none for it."""
    match found.kind:
        case Findable.INCIDENT:
            return f"/incidents/{found.id}"
        case Findable.RECORDING:
            return f"/recordings/{found.id}"
        case Findable.RELEASE:
            return f"/releases/{found.id}"
        case Findable.OFFICER:
            return f"/coverage/officers/{found.id}"
        case Findable.REQUEST | Findable.COMPLAINT:
            place = f"#{found.kind.value}-{found.id}"
            if found.incident_id:
                return f"/incidents/{found.incident_id}{place}"
            return f"/requests{place}" if may_take else None
