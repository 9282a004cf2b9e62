"""Every way in which copied sound may be wrong is found."""

import pytest

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
