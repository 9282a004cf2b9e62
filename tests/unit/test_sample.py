"""Draws: reproducible, stratified, and fair; agreement of reviewers as Cohen defined it."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bwc.coverage.sample import Candidate, agreement, draw, frame_digest, shares, stratum_of
from bwc.errors import InvalidInput

FRAME = [
    *(Candidate(f"26-{n}", "7", "with video") for n in range(80)),
    *(Candidate(f"27-{n}", "8", "no video") for n in range(20)),
    *(Candidate(f"28-{n}", "9", "assembly") for n in range(3)),
]


def test_the_same_seed_draws_the_same_and_another_seed_draws_others() -> None:
    one = draw(FRAME, size=20, seed="a")
    assert one == draw(list(reversed(FRAME)), size=20, seed="a")
    assert set(one) != set(draw(FRAME, size=20, seed="b"))
    assert frame_digest(FRAME) == frame_digest(list(reversed(FRAME)))


def test_every_stratum_is_drawn_from_and_calls_without_video_too() -> None:
    counts = Counter(one.stratum for one in draw(FRAME, size=20, seed="a"))
    assert counts == {"assembly": 2, "no video": 3, "with video": 15}


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 50), min_size=1),
    st.integers(1, 400),
)
def test_shares_never_exceed_what_is_there_and_fill_the_draw(
    held: dict[str, int], size: int
) -> None:
    counts = shares(held, size)
    assert all(0 <= counts[name] <= held[name] for name in held)
    assert sum(counts.values()) == min(size, sum(held.values()))


def test_every_candidate_is_about_as_likely_as_another() -> None:
    frame = [Candidate(str(n), "7", "s") for n in range(10)]
    drawn = Counter(one.call for seed in range(2000) for one in draw(frame, size=3, seed=str(seed)))
    assert min(drawn.values()) > 500  # 600 expected, sd about 20
    assert max(drawn.values()) < 700


def test_a_draw_without_seed_or_size_is_refused() -> None:
    for size, seed in ((0, "a"), (5, "")):
        with pytest.raises(InvalidInput):
            draw(FRAME, size=size, seed=seed)


@pytest.mark.parametrize(
    ("kind", "seconds", "stratum"),
    [
        ("First Amendment assembly", 9.0, "assembly"),
        ("protest", 0.0, "assembly"),
        ("marching band stolen", 9.0, "with video"),
        ("alarm", 0.0, "no video"),
    ],
)
def test_strata_are_assemblies_and_video_or_none(kind: str, seconds: float, stratum: str) -> None:
    assert stratum_of(kind, seconds_recorded=seconds) == stratum


@pytest.mark.parametrize(
    "kind",
    [
        "Demonstrations",
        "Protests",
        "PROTEST/CROWD",
        "protesters",
        "Protestor arrested",
        "Parade",
        "Riot",
        "RIOT-IN-PROGRESS",
        "Civil disturbance",
        "CIVIL_DISTURBANCE",
        "First Amendment activity",
        "1st Amendment",
        "crowd-control",
        "Sit-in",
        "counterprotest",
        "Counter-Protest",
        "unlawful  ASSEMBLY",
        "Candlelight vigil",
        "march(es)",
        "Rallies, downtown",
    ],
)
def test_an_assembly_is_found_whatever_form_case_and_punctuation(kind: str) -> None:
    for seconds in (0.0, 9.0):
        assert stratum_of(kind, seconds_recorded=seconds) == "assembly"


@pytest.mark.parametrize(
    "kind",
    [
        "Protestant church alarm",
        "vigilante",
        "Disturbance",
        "civil standby",
        "house sitting, intruder in",
        "disassembly of a car",
        "chariot race",
        "marchioness hotel",
        "picket fence damaged",
        "amendment of a report",
        "first aid",
        "",
    ],
)
def test_what_only_sounds_like_an_assembly_is_none(kind: str) -> None:
    assert stratum_of(kind, seconds_recorded=9.0) == "with video"


def test_a_department_names_its_own_words() -> None:
    words = ("encampment*", "Code 77")
    for kind in ("Encampments", "CODE-77"):
        assert stratum_of(kind, seconds_recorded=9.0, words=words) == "assembly"
    for kind in ("protest", "code 7", "code 770", "(code) 7 7"):
        assert stratum_of(kind, seconds_recorded=9.0, words=words) == "with video"
    assert stratum_of("protest", seconds_recorded=9.0, words=()) == "with video"


def test_a_word_that_would_find_everything_is_refused() -> None:
    with pytest.raises(InvalidInput, match="without a letter"):
        stratum_of("alarm", seconds_recorded=9.0, words=["*"])


def test_kappa_is_that_of_a_textbook_table() -> None:
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    found = agreement(pairs)
    assert (found.n, found.same) == (50, 35)
    assert found.kappa == pytest.approx(0.4)


def test_kappa_is_not_made_up_where_chance_alone_agrees_or_nothing_was_seen_twice() -> None:
    assert agreement([("y", "y")] * 5).kappa is None
    assert agreement([]).kappa is None
