"""Matching two sequences with a bound on the work, because anybody may paste 20,000 characters."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

#: Above this many candidate pairs the changed middle is taken as replaced in one piece (about a second of work).
MAX_PAIRS = 250_000

Tag = Literal["equal", "replace", "delete", "insert"]


@dataclass(frozen=True)
class Block:
    """`before[b_from:b_to]` became `after[a_from:a_to]`."""

    tag: Tag
    b_from: int
    b_to: int
    a_from: int
    a_to: int


def match_blocks(before: Sequence[str], after: Sequence[str]) -> list[Block]:
    """Return blocks that together cover both sequences in order. White space never anchors a match by itself."""
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    middle_before, middle_after = before[start : len(before) - end], after[start : len(after) - end]
    blocks = [Block("equal", 0, start, 0, start)] if start else []
    blocks += _middle(middle_before, middle_after, start)
    if end:
        blocks.append(Block("equal", len(before) - end, len(before), len(after) - end, len(after)))
    return blocks


def is_too_much(before: Sequence[str], after: Sequence[str]) -> bool:
    """Return whether matching these two would compare more than `MAX_PAIRS` pairs."""
    counts = Counter(token for token in after if not token.isspace())
    return sum(counts[token] for token in before) > MAX_PAIRS


def _common(before: Sequence[str], after: Sequence[str]) -> int:
    count = 0
    for one, other in zip(before, after, strict=False):
        if one != other:
            break
        count += 1
    return count


def _middle(before: Sequence[str], after: Sequence[str], offset: int) -> list[Block]:
    if not before and not after:
        return []
    if not before or not after or is_too_much(before, after):
        tag: Tag = "replace" if before and after else "delete" if before else "insert"
        return [Block(tag, offset, offset + len(before), offset, offset + len(after))]
    matcher = SequenceMatcher(str.isspace, before, after, autojunk=False)
    return [
        Block(tag, b_from + offset, b_to + offset, a_from + offset, a_to + offset)
        for tag, b_from, b_to, a_from, a_to in matcher.get_opcodes()
    ]
