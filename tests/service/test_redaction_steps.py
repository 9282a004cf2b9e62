"""The jobs of redaction on a real house: plan, rendering, certificate, poster and their entries."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import sqlalchemy as sa

from bwc.catalog.rendering import Certificate, PersonCrop, Plan, Rendering, Verdict
from bwc.catalog.store import Catalog
from bwc.catalog.tables import Job, JobState
from bwc.clock import FixedClock
from bwc.errors import Conflict
from bwc.house import House
from bwc.ids import Sha256
from bwc.intake.receive import receive_file
from bwc.redaction.asked import Asked, ask
from bwc.redaction.by_hand import unhide
from bwc.redaction.drawn import Box, Drawing, draw
from bwc.redaction.keep import keep_plan, read_plan_row
from bwc.redaction.keep_persons import carry_persons, view_persons
from bwc.redaction.order import order_redaction
from bwc.redaction.parts import RenderMode
from bwc.redaction.person_list import Standing
from bwc.redaction.plan import Effect, Kind, Shape, SoundEffect
from bwc.redaction.revise import Revision, render_newest, revise
from bwc.redaction.sound_edits import Stretch, mute
from bwc.redaction.transcript_files import parse_transcript
from bwc.release.rows import authors_of
from bwc.settings import Settings, load_settings
from bwc.vault.local import LocalPublicStore
from tests.clips import make_clip, needs_models
from tests.docks import NOW, acts, make_dock, recordings
from workers.run import run_job
from workers.steps import STEPS

SAID = """WEBVTT

00:00:00.000 --> 00:00:00.400
call 555-867-0142
"""

pytestmark = [pytest.mark.service, pytest.mark.media, needs_models]


@pytest.fixture
def house(sqlite_catalog: Catalog, tmp_path: Path) -> House:
    """A house with one recording of two faces in it."""
    dock = make_dock(sqlite_catalog, tmp_path)
    clip = make_clip(tmp_path / "faces.mp4", seconds=0.6)
    receive_file(dock, clip.path, actor="t")
    return House(
        settings=Settings(home=tmp_path / "home", models=load_settings().models_folder),
        catalog=dock.catalog,
        vault=dock.vault,
        public=LocalPublicStore(tmp_path / "public"),
        clock=FixedClock(NOW),
    )


def _order(house: House, asked: Asked | None = None) -> list[Job]:
    """Ask for the redaction; its two jobs in their order."""
    (recording,) = recordings(house.catalog)
    with house.catalog.write() as session:
        order_redaction(session, recording.id, asked=asked, by="rita", at=NOW)
        session.commit()
        kinds = sa.select(Job).where(Job.kind.in_(["analyse", "render"])).order_by(Job.id)
        return list(session.scalars(kinds))


def _run(house: House, job: Job) -> Job:
    run_job(house, job.id, steps=STEPS, worker="w")
    with house.catalog.read() as session:
        return session.get_one(Job, job.id)


def test_redaction_leaves_a_plan_a_verified_rendering_and_its_certificate(house: House) -> None:
    analyse, render = _order(house)
    assert _run(house, analyse).state is JobState.DONE
    assert _run(house, render).state is JobState.DONE
    (recording,) = recordings(house.catalog)
    with house.catalog.read() as session:
        plan = session.scalars(sa.select(Plan)).one()
        rendering = session.scalars(sa.select(Rendering)).one()
        certificate = session.scalars(sa.select(Certificate)).one()
    assert rendering.verdict is Verdict.PASSED
    assert rendering.original_sha256 == recording.sha256
    assert (rendering.plan_id, plan.job_id) == (plan.id, analyse.id)
    assert certificate.document["redacted_sha256"] == rendering.sha256
    assert "findings" not in certificate.public_document
    house.vault.check(Sha256(rendering.sha256))
    assert rendering.poster_sha256 is not None
    with house.vault.path(Sha256(rendering.poster_sha256)) as poster:
        shown = cv2.imread(str(poster))
    assert shown is not None
    assert (np.asarray(shown).max(axis=2) < 24).mean() > 0.05, "the poster shows the filled faces"
    assert {"plan made", "derivation", "rendering made"} <= set(acts(house.catalog))


def test_what_a_person_hid_stays_hidden_where_the_recording_is_looked_at_anew(house: House) -> None:
    """Ordering a redaction again would otherwise release what somebody drew over."""
    for job in _order(house):
        assert _run(house, job).state is JobState.DONE
    (recording,) = recordings(house.catalog)
    drawing = Drawing(box=Box(0, 0, 0.1, 0.1), first=0, last=0.5, exemption="personal-privacy")
    stretch = Stretch(first=0, last=0.3, exemption="personal-privacy")
    with house.catalog.write() as session:
        revision = Revision(recording.id, "sam")
        revise(session, revision, lambda plan: draw(plan, drawing, by="sam"), at=NOW)
        revise(session, revision, lambda plan: mute(plan, stretch, by="sam"), at=NOW)
        session.commit()
    *_, analyse, render = _order(house)
    for job in (analyse, render):
        assert _run(house, job).state is JobState.DONE
    with house.catalog.read() as session:
        row = session.scalars(sa.select(Plan).order_by(Plan.version.desc()).limit(1)).one()
        rendering = session.scalars(sa.select(Rendering).where(Rendering.plan_id == row.id)).one()
        plan, authors = read_plan_row(row, where="p"), authors_of(row)
    assert rendering.verdict is Verdict.PASSED
    assert [track.author for track in plan.tracks].count("person:sam") == 1
    assert len({track.id for track in plan.tracks}) == len(plan.tracks)
    assert [cut.author for cut in plan.sound] == ["person:sam"]
    assert "sam" in authors, "he may not approve its release"


def test_a_job_hides_and_mutes_as_it_was_asked_to_and_keeps_no_word_of_the_transcript(
    house: House,
) -> None:
    said = parse_transcript(SAID, where="said.vtt")
    asked = ask(
        hide=(Kind.FACE, Kind.TEXT),
        effect=Effect.MOSAIC,
        shape=Shape.ELLIPSE,
        mute=["0-0.2"],
        transcript=said,
        sound=SoundEffect.TONE,
        by="rita",
    )
    analyse, render = _order(house, asked)
    for job in (analyse, render):
        assert _run(house, job).state is JobState.DONE
    with house.catalog.read() as session:
        row = session.scalars(sa.select(Plan)).one()
        plan = read_plan_row(row, where="p")
        verdict = session.scalars(sa.select(Rendering)).one().verdict
        arguments = session.get_one(Job, analyse.id).arguments
    assert verdict is Verdict.PASSED
    assert plan.profile.hide == (Kind.FACE, Kind.TEXT)
    assert {(track.effect, track.shape) for track in plan.tracks} == {
        (Effect.MOSAIC, Shape.ELLIPSE)
    }
    assert {(cut.found, cut.author, cut.effect) for cut in plan.sound} == {
        (None, "person:rita", SoundEffect.TONE),
        ("phone", "pattern:phone", SoundEffect.TONE),
    }
    assert any(change.what.endswith("found in the transcript: phone") for change in plan.history)
    assert "867-0142" not in str(arguments)


def test_another_order_while_one_is_under_way_is_refused_and_the_same_is_one(house: House) -> None:
    first = _order(house)
    assert [job.id for job in _order(house)] == [job.id for job in first]
    with pytest.raises(Conflict, match="in another way"):
        _order(house, ask(hide=(Kind.FRAME,), by="rita"))


def test_an_order_to_code_all_anew_reaches_the_rendering(house: House) -> None:
    _, render = _order(house, Asked(render=RenderMode.FULL))
    assert render.arguments["render"] == "full"


def test_each_person_of_a_recording_is_pictured_for_the_staff(house: House) -> None:
    analyse, _ = _order(house)
    assert _run(house, analyse).state is JobState.DONE
    (recording,) = recordings(house.catalog)
    with house.catalog.read() as session:
        plan = session.scalars(sa.select(Plan)).one()
        crops = session.scalars(sa.select(PersonCrop).order_by(PersonCrop.person)).all()
        found = view_persons(session, recording.id)
    assert [crop.person for crop in crops] == [1, 2]
    assert {crop.plan_id for crop in crops} == {plan.id}
    assert [line.person for line in found.persons] == [1, 2]
    assert all(line.standing is Standing.HIDDEN for line in found.persons)
    for crop in crops:
        with house.vault.path(Sha256(crop.sha256)) as path:
            shown = cv2.imread(str(path))
        assert shown is not None
        assert np.asarray(shown).std() > 20, "it shows somebody"


def test_who_is_left_visible_is_seen_in_the_next_rendering_which_still_passes(house: House) -> None:
    analyse, render = _order(house, Asked(render=RenderMode.FULL))
    _run(house, analyse)
    _run(house, render)
    (recording,) = recordings(house.catalog)
    with house.catalog.write() as session:
        by_rita = Revision(recording.id, "rita")
        why = "The officer himself"
        revise(session, by_rita, lambda plan: unhide(plan, 1, reason=why, by="rita"), at=NOW)
        job_id = render_newest(session, by_rita, at=NOW).id
        session.commit()
        job = session.get_one(Job, job_id)
    assert _run(house, job).state is JobState.DONE
    with house.catalog.read() as session:
        first, second = session.scalars(sa.select(Rendering).order_by(Rendering.id)).all()
        certificates = session.scalars(sa.select(Certificate).order_by(Certificate.id)).all()
    assert second.verdict is Verdict.PASSED
    anew = {"mode": "coded anew", "reason": "it was asked for"}
    full = {"mode": "full", "reason": "it was asked for", "sound": anew}
    assert [each.public_document["render"] for each in certificates] == [full, full]
    counts = [each.public_document["tracks_left_visible"] for each in certificates]
    assert counts[0] == 0
    assert isinstance(counts[1], int)
    assert counts[1] > 0
    hidden = [each.public_document["hidden_share"] for each in certificates]
    assert float(str(hidden[1])) < float(str(hidden[0])), "less of the picture is filled"
    assert first.plan_id != second.plan_id


def test_the_pictures_of_persons_go_on_to_the_plan_that_verification_grew(house: House) -> None:
    _run(house, _order(house)[0])
    (recording,) = recordings(house.catalog)
    with house.catalog.write() as session:
        row = session.scalars(sa.select(Plan)).one()
        plan = read_plan_row(row, where="p")
        added = plan.tracks[0].model_copy(update={"id": 99, "person": None})
        grown = plan.model_copy(update={"tracks": (*plan.tracks, added)})
        later = keep_plan(
            session, grown, recording_id=recording.id, author="bwc", job_id=None, at=NOW
        )
        carry_persons(session, row, later, at=NOW)
        session.commit()
    with house.catalog.read() as session:
        found = view_persons(session, recording.id)
    assert (found.plan_version, set(found.crops)) == (2, {1, 2})


def test_steps_that_are_run_again_find_what_they_made(house: House) -> None:
    analyse, render = _order(house)
    _run(house, analyse)
    _run(house, render)
    for job in (analyse, render):
        with house.catalog.write() as session:
            row = session.get_one(Job, job.id)
            row.state, row.finished_at, row.lease_until = JobState.WAITING, None, None
            session.commit()
        assert _run(house, job).state is JobState.DONE
    with house.catalog.read() as session:
        assert len(session.scalars(sa.select(Plan)).all()) == 1
        assert len(session.scalars(sa.select(Rendering)).all()) == 1


def test_an_original_that_changed_in_the_vault_is_never_rendered(
    house: House, tmp_path: Path
) -> None:
    analyse, render = _order(house)
    _run(house, analyse)
    (recording,) = recordings(house.catalog)
    with house.vault.path(Sha256(recording.sha256)) as path:
        path.chmod(0o600)
        path.write_bytes(make_clip(tmp_path / "other.mp4", seconds=0.4).path.read_bytes())
    ended = _run(house, render)
    assert ended.state is JobState.DEAD
    assert ended.reason is not None
    assert "changed" in ended.reason
