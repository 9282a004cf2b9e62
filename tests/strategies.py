"""Hypothesis strategies shared by the tests."""

from fractions import Fraction

from hypothesis import strategies as st

from bwc.timeline import Span


@st.composite
def spans(draw: st.DrawFn) -> Span[Fraction]:
    """A short span on a coarse grid, so that touching and equal ends are common."""
    start = draw(st.integers(0, 40))
    length = draw(st.integers(1, 12))
    return Span(Fraction(start, 4), Fraction(start + length, 4))


span_lists = st.lists(spans(), max_size=8)

# Values that every JSON reader takes back unchanged: whole numbers within 2**53, no NaN.
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"]), max_size=6), inner, max_size=4
        )
    ),
    max_leaves=12,
)
