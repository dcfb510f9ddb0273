"""What the page of an import shows: its columns, what is asked, how the rows will look, what became of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from crm.actors import Actor
from crm.errors import Refused
from crm.models import ImportLine, ImportRun, ImportState, LineResult
from deals.imports.choices import Question, questions, source_of
from deals.imports.recognise import DELIMITERS, ENCODINGS
from deals.imports.sheet import sheet_rows
from deals.imports.sources import SOURCES
from deals.imports.targets import KINDS, Kind
from deals.queries.import_run import can_be_undone, get_import_run, lines_of, ready_rows

LINES = 25
"""Lines shown at most; the report has all."""
SHOWN = {
    "added": (LineResult.ADDED,),
    "changed": (LineResult.UPDATED,),
    "same": (LineResult.UNCHANGED,),
    "out": (LineResult.LEFT_OUT,),
    "faults": (LineResult.FAULT, LineResult.WAITING),
    "kept": (LineResult.KEPT,),
    "undone": (LineResult.UNDONE,),
}
_LABELS = {"organizations": "crm:client", "contacts": "crm:contact", "deals": "deals:deal"}


@dataclass(frozen=True)
class Column:
    """One column: its place, its header, what stands in the first row, what it becomes ("" for nothing)."""

    place: str
    header: str
    first: str
    chosen: str


@dataclass(frozen=True)
class Segment:
    """One way to look at the lines."""

    name: str
    label: str | Promise
    count: int


@dataclass(frozen=True)
class ShownLine:
    """One line as it is shown: its cells in the order of the columns, and where its row is now ("" when nowhere)."""

    line: ImportLine
    cells: Sequence[str]
    url: str

    @property
    def is_out(self) -> bool:
        """Whether it does not come in."""
        return self.line.result in (LineResult.LEFT_OUT, LineResult.FAULT, LineResult.WAITING)


@dataclass(frozen=True)
class ImportPage:
    """Everything about one import of a file."""

    run: ImportRun
    kind: Kind
    source: str
    sources: Sequence[tuple[str, str | Promise]]
    encodings: Sequence[tuple[str, str | Promise]]
    delimiters: Sequence[tuple[str, str | Promise]]
    columns: Sequence[Column]
    targets: Sequence[tuple[str, str | Promise]]
    questions: Sequence[Question]
    segments: Sequence[Segment]
    show: str
    headings: Sequence[str | Promise]
    lines: Sequence[ShownLine]
    step: int
    refused: str

    @property
    def ready(self) -> int:
        """How many rows can be brought in."""
        return ready_rows(self.run)

    @property
    def open_questions(self) -> int:
        """How many questions wait."""
        return sum(1 for one in self.questions if one.is_open)

    @property
    def can_be_undone(self) -> bool:
        """Whether it can be taken back."""
        return can_be_undone(self.run)

    @property
    def counts(self) -> list[tuple[str, str | Promise, int]]:
        """How many lines have each result that occurs."""
        counts = self.run.report.get("counts", {})
        return [(value, label, counts[value]) for value, label in LineResult.choices if counts.get(value)]


def get_import_page(actor: Actor, run_id: UUID, show: str = "", typed: Mapping[str, Any] | None = None) -> ImportPage:
    """Return the page of an import; `typed` is what a refused form said of the columns. Raises `NotFound`."""
    run = get_import_run(actor, run_id)
    kind = KINDS[run.kind]
    is_open = run.state in (ImportState.COLUMNS, ImportState.CHECKED)
    targets = kind.all_targets
    shown = [name for name in run.mapping.values() if name in targets] if run.state == ImportState.CHECKED else []
    return ImportPage(
        run=run,
        kind=kind,
        source=source_of(run).name,
        sources=[(one.name, one.label) for one in SOURCES.values()],
        encodings=list(ENCODINGS.items()),
        delimiters=list(DELIMITERS.items()),
        columns=_columns(run, typed or {}) if is_open else (),
        targets=[(name, one.label) for name, one in targets.items()],
        questions=questions(actor, run) if run.state == ImportState.CHECKED else (),
        segments=_segments(run),
        show=show if show in SHOWN else "",
        headings=[targets[name].label for name in shown],
        lines=_lines(run, show, shown),
        step=_STEPS.get(run.state, 4),
        refused=run.findings.get("refused", "") or run.report.get("refused", ""),
    )


_STEPS: dict[str, int] = {ImportState.COLUMNS: 2, ImportState.CHECKING: 3, ImportState.CHECKED: 3}


def _columns(run: ImportRun, typed: Mapping[str, Any]) -> list[Column]:
    first = _first_row(run)
    return [
        Column(
            str(place),
            header or _("(no name)"),
            (first[place] if place < len(first) else "")[:80],
            str(typed.get(f"column-{place}", run.mapping.get(str(place), ""))),
        )
        for place, header in enumerate(run.headers)
    ]


def _first_row(run: ImportRun) -> list[str]:
    try:
        with default_storage.open(run.path, "rb") as content:
            row = next(sheet_rows(run, cast(Any, content)), None)
    except (FileNotFoundError, Refused):
        return []
    return row.cells if row else []


def _segments(run: ImportRun) -> list[Segment]:
    counts = run.report.get("counts", {})
    labels = {
        "added": _("New"),
        "changed": _("Changed"),
        "same": _("The same"),
        "out": _("Left out"),
        "faults": _("Faults"),
        "kept": _("Kept"),
        "undone": _("Undone"),
    }
    found = [Segment(name, labels[name], sum(counts.get(one, 0) for one in results)) for name, results in SHOWN.items()]
    return [segment for segment in found if segment.count]


def _lines(run: ImportRun, show: str, shown: Sequence[str]) -> list[ShownLine]:
    if run.is_busy or run.state == ImportState.COLUMNS:
        return []
    lines = lines_of(run, SHOWN.get(show, ()))
    if run.state == ImportState.CHECKED:
        lines = lines.exclude(shown=None)
    return [
        ShownLine(line, [(line.shown or {}).get(name, "") for name in shown], _url(run, line)) for line in lines[:LINES]
    ]


def _url(run: ImportRun, line: ImportLine) -> str:
    is_there = line.subject_id and line.result != LineResult.UNDONE and run.kind in _LABELS
    return reverse(_LABELS[run.kind], args=[line.subject_id]) if is_there else ""
