"""Where labels stand: never upon another, never outside, at the narrowest width and at every wider one."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from handoff.rules.label import Box, Spot, Wish, box_of, standing, width_of

spots = st.builds(
    Spot,
    st.text(alphabet="0123456789.,% abcWM中é", min_size=1, max_size=30),
    st.floats(0, 100),
    st.floats(0, 300),
    st.sampled_from(["start", "middle", "end"]),
)
wishes = st.lists(st.builds(Wish, st.lists(spots, max_size=4).map(tuple), st.sampled_from([12.0, 13.0])), max_size=8)
LINE = Box(0, 10_000, 100, 102)


def meet(one: Box, other: Box) -> bool:
    """Whether two boxes share any place."""
    return one.left < other.right and other.left < one.right and one.top < other.foot and other.top < one.foot


@given(wishes, st.integers(200, 700), st.floats(1, 5))
def test_no_label_stands_upon_another_at_this_width_or_a_wider_one(wished, width, wider):
    found = standing(wished, width, [LINE])
    for at in (width, width * wider):
        boxes = [box_of(spot, wish.size, at) for wish, spot in zip(wished, found, strict=True) if spot]
        assert not any(meet(one, other) for one, other in itertools.combinations(boxes, 2))
        assert not any(meet(box, LINE) for box in boxes)
        assert all(box.left >= -0.001 and box.right <= at + 0.001 for box in boxes)


@given(wishes, st.integers(200, 700))
def test_what_is_wished_for_first_stands_and_stands_as_it_is_liked_best(wished, width):
    for number, (wish, spot) in enumerate(zip(wished, standing(wished, width), strict=True)):
        assert standing(wished[: number + 1], width)[-1] == spot
        assert spot is None or spot in wish.spots


def test_a_label_takes_its_next_best_place_and_none_when_all_are_taken():
    first = Wish((Spot("Target 4.5%", 0, 100),))
    second = Wish((Spot("4.4%", 2, 104), Spot("4.4%", 2, 120)))
    third = Wish((Spot("5%", 0, 104),))
    assert standing([first, second, third], 240) == [first.spots[0], second.spots[1], None]


def test_what_is_wider_than_the_chart_has_no_place():
    wish = Wish((Spot("m" * 40, 0, 50), Spot("5", 0, 50)))
    assert width_of("m" * 40, 12) > 240
    assert standing([wish], 240) == [wish.spots[1]]
