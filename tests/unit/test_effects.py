"""What is drawn over a region tells nothing of what was there, whatever the effect and shape."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bwc.media.encode import Plane
from bwc.redaction.effects import draw
from bwc.redaction.keys import Region
from bwc.redaction.plan import Effect, Mask, Shape
from bwc.redaction.shapes import hidden, spread, steps

FILL = (16, 128, 128)
SIZES = {"4:2:0": ((180, 240), (90, 120)), "4:4:4, odd": ((181, 241), (181, 241))}
HEAD = Region(70, 40, 141, 139)

regions = st.tuples(
    st.integers(0, 220), st.integers(0, 160), st.integers(2, 120), st.integers(2, 120)
).map(lambda b: Region(b[0], b[1], min(240, b[0] + b[2]), min(180, b[1] + b[3])))
masks = st.lists(
    st.builds(Mask, regions, st.sampled_from(Effect), st.sampled_from(Shape)),
    min_size=1,
    max_size=4,
)


def picture(seed: int, sampling: str = "4:2:0") -> list[Plane]:
    """Planes of noise: every sample of them tells."""
    luma, colour = SIZES[sampling]
    source = np.random.default_rng(seed)
    return [source.integers(0, 256, shape, np.uint8) for shape in (luma, colour, colour)]


def inside(layers: list[Plane], drawn: list[Mask]) -> list[np.ndarray]:
    """What is hidden, on each plane."""
    return [hidden(layers, drawn, on=layer) for layer in layers]


@given(masks, st.sampled_from(list(SIZES)))
def test_two_frames_that_differ_only_in_what_is_hidden_become_the_same(
    drawn: list[Mask], sampling: str
) -> None:
    one, two = picture(1, sampling), picture(2, sampling)
    where = inside(one, drawn)
    for a, b, covered in zip(one, two, where, strict=True):
        b[~covered] = a[~covered]
    before = [layer.copy() for layer in one]
    draw(one, drawn, fill=FILL)
    draw(two, drawn, fill=FILL)
    for a, b, layer, covered in zip(one, two, before, where, strict=True):
        assert np.array_equal(a, b)
        assert np.array_equal(a[~covered], layer[~covered]), "the rest of the picture stays"


@given(regions, st.sampled_from(list(SIZES)))
def test_an_ellipse_shows_nothing_that_the_box_hides_and_whole_colour_samples(
    region: Region, sampling: str
) -> None:
    layers = picture(1, sampling)
    (box, _, _), (ellipse, colour, _) = (
        inside(layers, [Mask(region, Effect.SOLID, shape)]) for shape in (Shape.BOX, Shape.ELLIPSE)
    )
    assert not (box & ~ellipse).any()
    assert np.array_equal(ellipse, spread(colour, layers[0], ratio=steps(layers[0], layers[1])))
    exact = Region(*region)
    assert box[exact.y0 : exact.y1, exact.x0 : exact.x1].all()


def test_an_ellipse_costs_a_third_of_the_box_and_has_no_corners() -> None:
    layers = picture(1)
    region = Region(60, 40, 160, 120)
    whole, _, _ = inside(layers, [Mask(region, Effect.SOLID, Shape.ELLIPSE)])
    assert 1.2 < whole.sum() / (100 * 80) < 1.4
    rows, columns = np.flatnonzero(whole.any(1)), np.flatnonzero(whole.any(0))
    assert not whole[rows[0], columns[0]]


@pytest.mark.parametrize("effect", [Effect.MOSAIC, Effect.BLUR])
@pytest.mark.parametrize("shape", list(Shape))
def test_the_middle_of_a_look_has_no_contrast_at_all(effect: Effect, shape: Shape) -> None:
    layers = picture(3)
    draw(layers, [Mask(HEAD, effect, shape)], fill=FILL)
    middle = layers[0][60:120, 90:120]
    assert int(middle.max()) - int(middle.min()) == 0
    for plane in layers[1:]:
        assert int(plane[30:60, 45:60].max()) - int(plane[30:60, 45:60].min()) <= 10


def test_regions_that_touch_share_one_tone() -> None:
    layers = picture(4)
    layers[0][:, 120:] //= 4
    left, right = Region(40, 40, 122, 140), Region(118, 40, 200, 140)
    draw(layers, [Mask(r, Effect.BLUR, Shape.BOX) for r in (left, right)], fill=FILL)
    assert len(np.unique(layers[0][60:120, 60:180])) == 1


@pytest.mark.parametrize("effect", [Effect.MOSAIC, Effect.BLUR])
def test_where_effects_meet_solid_fill_wins(effect: Effect) -> None:
    layers = picture(5)
    over = Region(100, 60, 180, 120)
    both = [Mask(over, Effect.SOLID, Shape.BOX), Mask(HEAD, effect, Shape.BOX)]
    draw(layers, both, fill=FILL)
    assert (layers[0][60:120, 100:180] == FILL[0]).all()
    assert (layers[1][30:60, 50:90] == FILL[1]).all()


@pytest.mark.parametrize("effect", list(Effect))
def test_a_whole_frame_around_which_nothing_is_visible_is_filled(effect: Effect) -> None:
    layers = picture(6)
    draw(layers, [Mask(Region(0, 0, 240, 180), effect, Shape.BOX)], fill=FILL)
    assert (layers[0] == FILL[0]).all()
    assert all(np.abs(plane.astype(int) - 128).max() <= 5 for plane in layers[1:])


def test_an_outline_is_a_fill_with_one_line_around_all_that_touches() -> None:
    layers = picture(8)
    left, right = Region(40, 40, 122, 140), Region(118, 40, 200, 140)
    draw(layers, [Mask(r, Effect.OUTLINE, Shape.BOX) for r in (left, right)], fill=FILL)
    assert (layers[0][42:138, 42:198] == FILL[0]).all()
    line = np.concatenate([layers[0][40:42, 40:200].ravel(), layers[0][40:140, 40:42].ravel()])
    assert (line == 128).all()
    assert all((plane[20:70, 20:100] == 128).all() for plane in layers[1:])


def test_cells_lie_still_while_a_region_moves() -> None:
    """Their edges belong to the picture: a pattern that crawls along would draw the eye."""
    first, second = picture(7), picture(7)
    draw(first, [Mask(Region(60, 40, 140, 140), Effect.MOSAIC, Shape.BOX)], fill=FILL)
    draw(second, [Mask(Region(66, 44, 146, 144), Effect.MOSAIC, Shape.BOX)], fill=FILL)
    low = [plane[35:60, 45:60] > np.median(plane[35:60, 45:60]) for plane in (first[1], second[1])]
    assert np.array_equal(low[0], low[1])
