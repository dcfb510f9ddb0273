"""Settling one batch of rows: reading, linking, bringing in (or saying what would become of them), and a line for each."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from crm.actions.imported_row import Batch, Incoming, Outcome
from crm.actors import Actor
from crm.models import ImportLine, ImportRun, ImportState, LineResult
from deals.imports.clean import Clean, Reading, clean_row
from deals.imports.rows import INCOMING, bring_in
from deals.imports.rows.people import seat
from deals.imports.rows.work import Work
from deals.imports.sheet import SheetRow
from deals.imports.targets import KINDS

SHOWN = 25
"""Lines of each result whose values are kept to be looked at."""


def settle_batch(actor: Actor, run: ImportRun, reading: Reading, rows: Sequence[SheetRow]) -> None:
    """Settle these rows. While the run is checked nothing is written but its lines, and `findings` counts."""
    work = Work.on(actor, run, dry_run=run.state == ImportState.CHECKING)
    clean = [clean_row(reading, row) for row in rows]
    for one in clean:
        if one.faults:
            work.leave(one, LineResult.FAULT, " ".join(one.faults))
    found = _once(work, INCOMING[run.kind](work, work.open(clean)))
    outcomes = bring_in(work, Batch(run.source, run, dry_run=work.dry_run), [row for _clean, row in found])
    by_key = {outcome.key: outcome for outcome in outcomes}
    seat(work, found, by_key)
    keys = {one.line: row.key for one, row in found}
    lines = [_line(work, one, keys.get(one.line, ""), by_key.get(keys.get(one.line, ""))) for one in clean]
    for name, count in work.counts.items():
        run.findings[name] = run.findings.get(name, 0) + count
    ImportLine.objects.bulk_create(lines)


def _once(work: Work, found: Sequence[tuple[Clean, Incoming]]) -> list[tuple[Clean, Incoming]]:
    """Leave out rows whose number or name another line of the file had before."""
    keys = [row.key for _clean, row in found]
    before = ImportLine.objects.filter(run=work.run, key__in=keys).exclude(result=LineResult.LEFT_OUT)
    lines: dict[str, int] = dict(before.values_list("key", "line"))
    kept = []
    for clean, row in found:
        if clean.line in work.settled:
            continue
        if row.key in lines:
            words = _("Line %(line)s is the same one already.") % {"line": lines[row.key]}
            work.leave(clean, LineResult.LEFT_OUT, words)
            continue
        lines[row.key] = clean.line
        kept.append((clean, row))
    return kept


def _line(work: Work, clean: Clean, key: str, outcome: Outcome | None) -> ImportLine:
    settled = work.settled.get(clean.line)
    if settled or outcome is None:
        result, why = settled or (LineResult.LEFT_OUT, "")
        words, subject, key = [why], None, ""
    else:
        result, subject = outcome.result, outcome.subject_id
        words = [*clean.notes, *outcome.words]
        if outcome.kept:
            words.append(_("Kept as it is here: %(fields)s.") % {"fields": ", ".join(outcome.kept)})
    return ImportLine(
        run=work.run,
        line=clean.line,
        key=key,
        label=_label(work.run.kind, clean)[:200],
        result=result,
        words=words,
        shown=_shown(work.run, clean, result) if work.dry_run else None,
        subject_id=subject,
    )


def _label(kind: str, clean: Clean) -> str:
    """Return what a row is called in the list of lines: by what its kind is named by, both parts of a person's name as one."""
    parts = f"{clean.get('first_name')} {clean.get('last_name')}".strip()
    named = [parts if name in ("first_name", "last_name") else str(clean.get(name)) for name in KINDS[kind].named_by]
    return next((words for words in named if words), "")


def _shown(run: ImportRun, clean: Clean, result: str) -> dict[str, str] | None:
    """Return a row's values in words, for the first ones of each result."""
    counts: dict[str, int] = run.findings.setdefault("shown", {})
    if counts.get(result, 0) >= SHOWN:
        return None
    counts[result] = counts.get(result, 0) + 1
    return values_in_words(clean.values)


def values_in_words(values: Mapping[str, Any]) -> dict[str, str]:
    """Return values as people read them, long ones cut."""
    return {
        name: f"{value.day} {value:%b %Y}" if isinstance(value, date) else str(value)[:120]
        for name, value in values.items()
    }
