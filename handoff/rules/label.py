"""Where the labels of a chart stand so that none lies upon another: as wide as their words can be, best place first.

`x` is percent of the chart's width, `y` the foot of the letters in CSS pixels. A chart is as wide as its place allows,
so labels are placed for the narrowest width it can have: where two stand clear of each other they do in every wider one,
for the places in percent only move apart.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

ASCENT, DESCENT = 1.0, 0.3
"""How far letters reach above and below their foot, in font sizes."""
CLEAR = 2.0
"""Pixels between two labels at least."""
_WIDE = frozenset("%@&mwMW—…‰")
_NARROW = frozenset(" \u00a0\u202f.,:;'’|!()[]-ijltfI")


@dataclass(frozen=True)
class Spot:
    """A place a label may stand, with the words it has there; `anchor` is start, middle or end, as SVG text has it."""

    text: str
    x: float
    y: float
    anchor: str = "start"


@dataclass(frozen=True)
class Wish:
    """A label that is wished for: where it may stand, best first, and its font size in pixels."""

    spots: tuple[Spot, ...]
    size: float = 12.0


@dataclass(frozen=True)
class Box:
    """What a label covers, in pixels."""

    left: float
    right: float
    top: float
    foot: float

    def touches(self, other: "Box") -> bool:
        """Whether two labels are not clear of each other."""
        beside = self.right + CLEAR <= other.left or other.right + CLEAR <= self.left
        return not beside and self.top < other.foot and other.top < self.foot


def width_of(text: str, size: float) -> float:
    """Return how many pixels wide a text is at most, in the bold of the widest font that stands in for the system's."""
    return size * sum(_em(letter) for letter in text)


def box_of(spot: Spot, size: float, width: float) -> Box:
    """Return what a label covers in a chart of this width."""
    words = width_of(spot.text, size)
    left = spot.x * width / 100 - {"start": 0.0, "middle": words / 2, "end": words}[spot.anchor]
    return Box(left, left + words, spot.y - ASCENT * size, spot.y + DESCENT * size)


def standing(wishes: Sequence[Wish], width: float, clear_of: Sequence[Box] = ()) -> list[Spot | None]:
    """Return where each wish stands in a chart at least `width` wide, None where there is no place.

    First come, first served; nothing stands upon `clear_of`.
    """
    taken = list(clear_of)
    found: list[Spot | None] = []
    for wish in wishes:
        spot = next((spot for spot in wish.spots if _is_free(box_of(spot, wish.size, width), width, taken)), None)
        found.append(spot)
        if spot:
            taken.append(box_of(spot, wish.size, width))
    return found


def _is_free(box: Box, width: float, taken: Sequence[Box]) -> bool:
    return box.left >= 0 and box.right <= width and not any(box.touches(other) for other in taken)


def _em(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.3
    if letter in _WIDE:
        return 1.1
    return 0.45 if letter in _NARROW else 0.85 if letter.isupper() else 0.72
