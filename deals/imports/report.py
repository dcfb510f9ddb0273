"""The report of an import: one line for each source row in a CSV file, and counts for the terminal and the app."""

import csv
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from crm.actions.imported_row import Outcome
from crm.rules.formula import harmless
from deals.imports.check import Clean


class Report:
    """Writes the CSV file as rows are done (memory stays flat) and counts. Without a path it only counts.

    `results` counts by file and result, `notes` the first of each kind of note with how often it occurred.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.results: dict[str, Counter[str]] = {}
        self.notes: Counter[str] = Counter()
        self.kept = 0

    def __enter__(self) -> Self:
        self._file = None
        if self.path:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("w", encoding="utf-8", newline="")
            self._writer = csv.writer(self._file)
            self._writer.writerow(["file", "line", "key", "result", "notes", "kept"])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file:
            self._file.close()

    def add(self, file: str, rows: Iterable[tuple[Clean, str]], outcomes: Iterable[Outcome]) -> None:
        """Add checked rows (with their keys) and what became of them."""
        by_key = {outcome.key: outcome for outcome in outcomes}
        for clean, key in rows:
            outcome = by_key[key]
            self._write(file, clean, key, outcome.result, outcome.kept)

    def add_read(self, file: str, rows: Iterable[tuple[Clean, str]]) -> None:
        """Add rows that become no row of their own but part of others."""
        for clean, key in rows:
            self._write(file, clean, key, "used", ())

    def _write(self, file: str, clean: Clean, key: str, result: str, kept: tuple[str, ...]) -> None:
        self.results.setdefault(file, Counter())[result] += 1
        self.notes.update(f"{file}: {note}" for note in clean.notes)
        self.kept += bool(kept)
        if self._file:
            cells = [file, str(clean.line), key, result, " ".join(clean.notes), ", ".join(kept)]
            self._writer.writerow([harmless(cell) for cell in cells])

    def as_json(self) -> dict[str, Any]:
        """Return the counts as the run keeps them."""
        return {
            "files": {file: dict(counts) for file, counts in self.results.items()},
            "notes": dict(self.notes.most_common(100)),
            "kept": self.kept,
        }
