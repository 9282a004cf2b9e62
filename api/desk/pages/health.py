"""Whether the process lives, and whether it can work."""

from fastapi import APIRouter

from api.desk.visit import HouseDep
from bwc.catalog import schema
from bwc.errors import TransientError

router = APIRouter()


@router.get("/healthz")
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
def readyz(house: HouseDep) -> dict[str, str]:
    """The catalog answers and stands at the revision that this code knows."""
    current, head = schema.current_revision(house.catalog), schema.head_revision()
    if current != head:
        raise TransientError(
            "the catalog is not up to date",
            expected=f"revision {head}",
            got=current or "an empty one",
            advice="Run bwc db upgrade",
        )
    return {"status": "ready"}
