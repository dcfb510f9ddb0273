"""Three-way merge of two people's edits of the same thing: nobody's words vanish.

Both started from `base`; `theirs` was saved first, `mine` comes second. Fields are merged one by one, texts by
paragraph (a paragraph is a line: what stands between two line ends), tuples by what each side added and took out. Only
where both changed the same paragraph, or the same value, there is a conflict, and it carries both versions.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crm.rules.matching import match_blocks

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")


@dataclass(frozen=True)
class Conflict:
    """Both sides changed the same paragraphs of `field`, or its value. Of a text these are the paragraphs, joined."""

    field: str
    base: object
    mine: object
    theirs: object


@dataclass(frozen=True)
class Merge:
    """The merged fields. Where there is a conflict, `values` holds what was saved first (theirs) and `together` the
    text with both versions, theirs first, as a start for whoever decides."""

    values: dict[str, object]
    conflicts: tuple[Conflict, ...] = ()
    together: dict[str, str] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        """Whether nothing has to be decided by a person."""
        return not self.conflicts


@dataclass(frozen=True)
class TextMerge:
    """A merged text: `text` with theirs in conflicting places, `together` with both, and the conflicts' paragraphs."""

    text: str
    together: str
    conflicts: tuple[tuple[str, str, str], ...] = ()  # base, mine, theirs


@dataclass(frozen=True)
class GivenUp:
    """A version of `field` that a person gave up when deciding between two: `is_mine` for what the decider had typed."""

    field: str
    words: str
    is_mine: bool


@dataclass(frozen=True)
class _Edit:
    """Paragraphs `low` up to `high` of the base became `lines`."""

    low: int
    high: int
    lines: tuple[str, ...]


def merge_fields(base: Mapping[str, object], mine: Mapping[str, object], theirs: Mapping[str, object]) -> Merge:
    """Merge two edits of `base` field by field. A field that a side does not name is unchanged on that side."""
    values: dict[str, object] = {}
    conflicts: list[Conflict] = []
    together: dict[str, str] = {}
    for name in dict.fromkeys([*base, *theirs, *mine]):
        was = base.get(name)
        ours, saved = mine.get(name, was), theirs.get(name, was)
        if _same(ours, saved) or _same(ours, was):
            values[name] = saved
        elif _same(saved, was):
            values[name] = ours
        elif isinstance(ours, tuple) and isinstance(saved, tuple):
            values[name] = _merge_sets(was if isinstance(was, tuple) else (), ours, saved)
        elif isinstance(ours, str) and isinstance(saved, str) and isinstance(was, str | None):
            merged = merge_text(was or "", ours, saved)
            values[name] = merged.text
            conflicts += [Conflict(name, *versions) for versions in merged.conflicts]
            together |= {name: merged.together} if merged.conflicts else {}
        else:
            values[name] = saved
            conflicts.append(Conflict(name, was, ours, saved))
    return Merge(values, tuple(conflicts), together)


def is_all_in(words: str, outcome: str) -> bool:
    """Whether each sentence of `words` stands in `outcome` as it was written. Where there are no words, nothing is lost."""
    return set(_sentences(words)) <= set(_sentences(outcome))


def _sentences(text: str) -> list[str]:
    return [found for line in text.splitlines() for one in _SENTENCE_END.split(line) if (found := one.strip())]


def _merge_sets(base: tuple[str, ...], mine: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[str, ...]:
    """Return theirs without what mine took out, and with what mine added."""
    added = tuple(one for one in mine if one not in base and one not in theirs)
    return tuple(one for one in theirs if one in mine or one not in base) + added


def merge_text(base: str, mine: str, theirs: str) -> TextMerge:
    """Merge two edits of a text. Line ends are taken as "\\n", as browsers send another kind than is stored.

    What both put in at the same place is kept from both, theirs first; what both changed alike is taken once.
    """
    start, ours, saved = (text.replace("\r\n", "\n") for text in (base, mine, theirs))
    if ours in (saved, start):
        return TextMerge(saved, saved)
    if saved == start:
        return TextMerge(ours, ours)
    return _merge_lines(start.split("\n"), ours.split("\n"), saved.split("\n"))


def _merge_lines(base: list[str], mine: list[str], theirs: list[str]) -> TextMerge:
    kept: list[str] = []
    both: list[str] = []
    conflicts: list[tuple[str, str, str]] = []
    at = 0
    for ours, saved in _groups(_edits(base, mine), _edits(base, theirs)):
        edits = ours + saved
        low, high = min(edit.low for edit in edits), max(edit.high for edit in edits)
        our_lines, saved_lines = _apply(base, low, high, ours), _apply(base, low, high, saved)
        is_conflict = bool(ours and saved) and our_lines != saved_lines
        result = saved_lines if saved else our_lines
        kept += base[at:low] + result
        both += base[at:low] + (_together(base[low:high], our_lines, saved_lines) if is_conflict else result)
        if is_conflict:
            conflicts.append(("\n".join(base[low:high]), "\n".join(our_lines), "\n".join(saved_lines)))
        at = high
    return TextMerge("\n".join(kept + base[at:]), "\n".join(both + base[at:]), tuple(conflicts))


def _together(base: list[str], mine: list[str], theirs: list[str]) -> list[str]:
    """Return both versions of the same lines, theirs first. Of one paragraph, what both say is said once: by sentence."""
    versions = [_SENTENCE_END.split(lines[0]) for lines in (base, mine, theirs) if len(lines) == 1 and lines[0]]
    if len(versions) < 3 or max(map(len, versions)) == 1:
        return theirs + mine
    return [_merge_lines(*versions).together.replace("\n", " ")]


def _edits(base: Sequence[str], other: Sequence[str]) -> list[_Edit]:
    return [
        _Edit(block.b_from, block.b_to, tuple(other[block.a_from : block.a_to]))
        for block in match_blocks(base, other)
        if block.tag != "equal"
    ]


def _groups(mine: Sequence[_Edit], theirs: Sequence[_Edit]) -> list[tuple[list[_Edit], list[_Edit]]]:
    """Return (mine, theirs) edits in order, those that touch the same paragraphs of the base in one group."""
    pending = [(edit.low, edit.high, 0, edit) for edit in theirs] + [(edit.low, edit.high, 1, edit) for edit in mine]
    groups: list[tuple[list[_Edit], list[_Edit]]] = []
    group_high = -1
    for low, high, who, edit in sorted(pending, key=lambda item: item[:3]):
        if groups and (low < group_high or _is_repeated(groups[-1], edit)):
            group_high = max(group_high, high)
        else:
            groups.append(([], []))
            group_high = high
        groups[-1][1 - who].append(edit)
    return groups


def _is_repeated(group: tuple[list[_Edit], list[_Edit]], edit: _Edit) -> bool:
    """Whether the other side put the very same paragraphs in at the same place."""
    return group == ([], [edit])


def _apply(base: Sequence[str], low: int, high: int, edits: Sequence[_Edit]) -> list[str]:
    """Return paragraphs `low` up to `high` of the base with `edits` made."""
    lines: list[str] = []
    at = low
    for edit in edits:
        lines += [*base[at : edit.low], *edit.lines]
        at = edit.high
    return [*lines, *base[at:high]]


def _same(one: object, other: object) -> bool:
    return isinstance(one, bool) == isinstance(other, bool) and one == other
