"""Every way in which copied sound may be wrong is found."""

from pathlib import Path

import pytest

from bwc.redaction.engine import COPIED_WRONG, Engine, redact_file
from bwc.redaction.sound_use import SoundUse
from tests.mutations_of_sound import WRONG, Film, make_film
from tests.redactions import failed, verify_clip

pytestmark = pytest.mark.media


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Film:
    return make_film(tmp_path_factory.mktemp("sound"))


def test_the_right_one_passes_rewritten_too(film: Film) -> None:
    assert failed(verify_clip(film.clip, film.plan, film.good)) == set()
    assert failed(verify_clip(film.clip, film.plan, film.written(lambda p: p))) == set()


@pytest.mark.parametrize("how", WRONG)
def test_copied_sound_is_rejected_where(how: str, film: Film) -> None:
    check, make = WRONG[how]
    assert check in failed(verify_clip(film.clip, film.plan, make(film)))


def test_a_copy_that_holds_more_than_sound_is_found_though_nobody_verifies(
    film: Film, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copier that strips nothing leaves the encoder's name in the first packet."""
    assert b"Lavc" in film.clip.path.read_bytes()
    monkeypatch.setattr("bwc.media.copied_sound.stripped", lambda packet, *_: packet)
    out = tmp_path / "out.mp4"
    done = redact_file(film.clip.path, out, engine=Engine(tmp_path), plan=film.plan, verified=False)
    assert done.parts.sound == SoundUse(why_anew=COPIED_WRONG)
    assert b"Lavc" not in out.read_bytes()
    monkeypatch.undo()
    assert failed(verify_clip(film.clip, film.plan, out)) == set()
