"""Word-by-word difference of two texts, for showing what changed."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from crm.rules.matching import is_too_much, match_blocks

_TOKEN = re.compile(
    r"\s+"  # white space
    r"|[$€£¥]?[+\-−]?[$€£¥]?\d+(?:[.,:]\d+)*(?:%|\w+)?"  # figures: $1.20M, 93.4%, −3, 16:42
    r"|\w+(?:['’\-]\w+)*"  # words, with their apostrophes and hyphens
    r"|[^\w\s]"  # any other sign
)
_SENTENCE = re.compile(r"[^.!?\n]*[.!?\n]*\s*")


class PieceKind(StrEnum):
    """Whether a piece stands in both texts, only in the earlier or only in the later one."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class Piece:
    """A run of text. Same and removed pieces joined give the text before, same and added ones the text after."""

    kind: PieceKind
    text: str


@dataclass(frozen=True)
class WordCounts:
    """What a summary says: a figure replaced by another counts as changed, all else as words added or removed."""

    words_added: int = 0
    words_removed: int = 0
    figures_changed: int = 0

    def __add__(self, other: "WordCounts") -> "WordCounts":
        """Return the counts of both together."""
        return WordCounts(
            self.words_added + other.words_added,
            self.words_removed + other.words_removed,
            self.figures_changed + other.figures_changed,
        )


def diff_words(before: str, after: str) -> list[Piece]:
    """Return the pieces, in reading order, that turn `before` into `after`, white space kept.

    Where something was replaced, the removed piece comes before the added one. Very long texts that have little in
    common are compared by sentence instead of by word, and in the worst case shown as replaced.
    """
    words_before, words_after = _TOKEN.findall(before), _TOKEN.findall(after)
    if not is_too_much(words_before, words_after):
        return _joined(_segments(words_before, words_after))
    segments: list[tuple[str, str, str]] = []
    for same, removed, added in _segments(_SENTENCE.findall(before), _SENTENCE.findall(after)):
        segments += _segments(_TOKEN.findall(removed), _TOKEN.findall(added)) if removed and added else []
        segments += [] if removed and added else [(same, removed, added)]
    return _joined(segments)


def count_words(pieces: Iterable[Piece]) -> WordCounts:
    """Count the changes in `pieces`. Signs such as commas are no words."""
    total = WordCounts()
    removed = ""
    for piece in pieces:
        if piece.kind == PieceKind.REMOVED:
            removed += piece.text
        elif piece.kind == PieceKind.ADDED:
            total += _count(removed, piece.text)
            removed = ""
        else:
            total += _count(removed, "")
            removed = ""
    return total + _count(removed, "")


def _segments(before: Sequence[str], after: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return (same, removed, added) texts; either the first is set or the others are."""
    found: list[tuple[str, str, str]] = []
    for block in match_blocks(before, after):
        was, now = "".join(before[block.b_from : block.b_to]), "".join(after[block.a_from : block.a_to])
        found.append((was, "", "") if block.tag == "equal" else ("", was, now))
    return found


def _joined(segments: Sequence[tuple[str, str, str]]) -> list[Piece]:
    """Turn segments into pieces; a lone space between two replaced runs goes into both, so that they read as one."""
    pieces: list[Piece] = []
    removed = added = ""
    for index, (same, was, now) in enumerate(segments):
        following = segments[index + 1] if index + 1 < len(segments) else ("", "", "")
        if same and not (same.isspace() and removed.strip() and added.strip() and following[1] and following[2]):
            pieces += [*_changed(removed, added), Piece(PieceKind.SAME, same)]
            removed = added = ""
        else:
            removed, added = removed + same + was, added + same + now
    return _merged(pieces + _changed(removed, added))


def _changed(removed: str, added: str) -> list[Piece]:
    both = [Piece(PieceKind.REMOVED, removed), Piece(PieceKind.ADDED, added)]
    return [piece for piece in both if piece.text]


def _merged(pieces: Sequence[Piece]) -> list[Piece]:
    """Join neighbours of one kind."""
    found: list[Piece] = []
    for piece in pieces:
        if found and found[-1].kind == piece.kind:
            piece = Piece(piece.kind, found.pop().text + piece.text)
        found.append(piece)
    return found


def _count(removed: str, added: str) -> WordCounts:
    words_out, figures_out = _tally(removed)
    words_in, figures_in = _tally(added)
    changed = min(figures_out, figures_in)
    return WordCounts(words_in + figures_in - changed, words_out + figures_out - changed, changed)


def _tally(text: str) -> tuple[int, int]:
    """Return the number of words and of figures in `text`."""
    tokens = [token for token in _TOKEN.findall(text) if any(character.isalnum() for character in token)]
    figures = sum(1 for token in tokens if any(character.isdigit() for character in token))
    return len(tokens) - figures, figures
