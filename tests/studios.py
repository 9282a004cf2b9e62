"""A desk whose recording plays numbered pictures, with the outline and a plan that belong to them."""

import io
from fractions import Fraction
from pathlib import Path

from bwc.catalog.store import Catalog
from bwc.catalog.tables import Recording
from bwc.house import House
from bwc.media.derive import Source, make_proxy
from bwc.redaction.keep import keep_plan
from bwc.redaction.keys import Key, Region
from bwc.redaction.outline import make_outline
from bwc.redaction.plan import (
    FrameState,
    Kind,
    LedgerRun,
    ModelLedger,
    MutedSpan,
    Original,
    Plan,
    Speech,
)
from tests.desk_ids import CASE
from tests.desks import furnish, make_house
from tests.numbered import HEIGHT, UNEVEN, WIDTH, numbered_clip
from tests.plans import MODEL, make_plan, moving, still

FIRST_SECOND = Fraction(3)
SOUND_LEADS = Fraction(1, 4)  # sound begins before the first picture
ENOUGH_BYTES = 4 << 30


def make_studio(catalog: Catalog, folder: Path) -> House:
    """The house; its recording has `len(UNEVEN)` pictures, the first 0.25 s after the sound."""
    clip = folder / "numbered.mp4"
    stamps = numbered_clip(clip, first_second=FIRST_SECOND, sound_leads=SOUND_LEADS)
    proxy = folder / "proxy.mp4"
    source = Source(clip, UNEVEN[-1] + 1, has_audio=True)
    make_proxy(source, proxy, memory_bytes=ENOUGH_BYTES, on_progress=lambda _share: None)
    house = make_house(catalog, folder / "house")
    furnish(house, video=proxy.read_bytes())
    outline = house.vault.put(io.BytesIO(make_outline(proxy, clip).bytes())).sha256
    with house.catalog.write() as session:
        session.get_one(Recording, CASE.own_recording).outline_sha256 = outline
        keep_plan(
            session,
            plan_of(stamps),
            recording_id=CASE.own_recording,
            author="bwc",
            job_id=None,
            at=house.clock.now(),
        )
        session.commit()
    return house


def plan_of(stamps: list[int]) -> Plan:
    """A person seen, inferred and held; an unsure plate; a region by hand; speech and a silence."""
    first, last = stamps[0], stamps[-1]
    at = stamps.__getitem__
    walker = moving(1, Kind.FACE, Key(at(5), 10, 10, 50, 50), Key(at(40), 150, 60, 190, 100))
    plate = still(2, Kind.PLATE, Region(200, 100, 240, 120), first=at(20), last=at(50))
    drawn = still(3, Kind.REGION, Region(0, 0, 20, 20), first=first, last=at(10))
    plan = make_plan(
        walker.model_copy(update={"seen": (at(10), at(35)), "person": 1}),
        plate.model_copy(update={"best_score": 0.4}),
        drawn.model_copy(update={"author": "person:records"}),
    )
    runs = (
        LedgerRun(state=FrameState.FOUND, first_pts=first, last_pts=at(20), frames=21),
        LedgerRun(state=FrameState.INFERRED, first_pts=at(21), last_pts=at(29), frames=9),
        LedgerRun(state=FrameState.FOUND, first_pts=at(30), last_pts=last, frames=len(stamps) - 30),
    )
    return plan.model_copy(
        update={
            "original": Original(
                sha256="a" * 64, width=WIDTH, height=HEIGHT, rotation=0, time_base=(1, 90_000),
                frames=len(stamps), first_pts=first, last_pts=last,
            ),
            "ledger": (ModelLedger(model=MODEL, runs=runs),),
            "speech": Speech(detector="ears", spans=(((7, 2), (4, 1)),)),
            "sound": (
                MutedSpan(start=(4, 1), end=(9, 2), exemption="personal-privacy", author="rule:asked"),
            ),
        }
    )  # fmt: skip
