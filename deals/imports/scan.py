"""The first look at all rows: how many there are, which words they use, in which order they write days."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from crm.errors import Refused
from deals.imports.sheet import SheetRow
from deals.imports.targets import Target
from deals.rules.cells import DAY_ORDERS, DECIMAL_MARKS, read_day, read_number

MOST_WORDS = 100
"""Different words of a column that somebody can be asked about."""


@dataclass
class _Fits:
    """In how many cells one way of reading finds nothing, and a cell that reads differently one way and the other."""

    ways: tuple[str, ...]
    misfits: Counter[str] = field(default_factory=Counter)
    example: str = ""
    cells: int = 0

    def add(self, cell: str, read: Mapping[str, Any]) -> None:
        """Count one cell."""
        self.cells += 1
        self.misfits.update(way for way, value in read.items() if value is None)
        if not self.example and len({value for value in read.values() if value is not None}) > 1:
            self.example = cell[:40]

    def as_json(self) -> dict[str, Any]:
        """Return what is kept of it."""
        misfits = {way: self.misfits[way] for way in self.ways}
        return {"cells": self.cells, "misfits": misfits, "example": self.example}


def scan(rows: Iterable[SheetRow], targets: Mapping[int, Target], headers: list[str]) -> dict[str, Any]:
    """Return what was found as a run keeps it. Raises `Refused` when a column cannot be what it is said to be."""
    days, marks, total = _Fits(DAY_ORDERS), _Fits(DECIMAL_MARKS), 0
    words: dict[int, Counter[str]] = {place: Counter() for place, one in targets.items() if one.holds == "word"}
    for row in rows:
        total += 1
        if row.fault:
            continue
        for place, target in targets.items():
            cell = row.cells[place].strip()
            if not cell:
                continue
            if target.holds in ("day", "instant"):
                days.add(cell, {order: read_day(cell, order) for order in DAY_ORDERS})
            elif target.holds in ("amount", "number"):
                marks.add(cell, {mark: read_number(cell, mark) for mark in DECIMAL_MARKS})
            elif place in words:
                _count(words[place], cell[:200], headers[place])
    if not total:
        raise Refused(_("This file has a header and no rows."), code="no_rows")
    found = {targets[place].field: dict(counter.most_common()) for place, counter in words.items()}
    return {"total": total, "words": found, "days": days.as_json(), "marks": marks.as_json()}


def _count(counter: Counter[str], cell: str, header: str) -> None:
    counter[cell] += 1
    if len(counter) > MOST_WORDS:
        words = _("The column “%(column)s” has more than %(most)s different words. Is it what it was said to be?")
        raise Refused(words % {"column": header, "most": MOST_WORDS}, code="too_many_words")
