"""Importing a file, step by step: choosing it, matching columns, deciding, importing, cancelling, undoing."""

import hashlib
from collections.abc import Mapping
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.actions.import_run import end_run, lock_run, set_state
from crm.actors import Actor
from crm.checks import Checks
from crm.clock import now
from crm.errors import Invalid, NotAllowed, Refused
from crm.models import ImportRun, ImportState
from crm.scopes import check_scope
from deals.imports.choices import questions
from deals.imports.recognise import DELIMITERS, ENCODINGS, guess_source, headers_of, match_headers, recognise
from deals.imports.sources import OWN, SOURCES
from deals.imports.targets import KINDS
from deals.queries.import_run import can_be_undone, earlier_run, ready_rows

_OPEN = (ImportState.COLUMNS, ImportState.CHECKED)


@transaction.atomic
def upload_import(*, actor: Actor, kind: str, name: str, content: BinaryIO, source: str = "") -> ImportRun:
    """Take a file with rows of one `kind`, and match its columns: as the last time, or as the system it comes from calls them.

    Writes nothing of the file. Raises `Invalid` at `kind`, `source` or `file`.
    """
    checks = Checks()
    kind = checks.choice("kind", kind, tuple(KINDS))
    source = checks.choice("source", source, tuple(SOURCES), required=False)
    name = checks.line("file", name.replace("\\", "/").rpartition("/")[2], limit=1000)[-200:]
    checks.done()
    _check_may(actor, kind)
    seen = recognise(content)
    at = now()
    run = ImportRun(
        kind=kind,
        by_user=actor.user,
        file_name=name,
        size=seen.size,
        encoding=seen.encoding,
        delimiter=seen.delimiter,
        headers=seen.headers,
        state=ImportState.COLUMNS,
        started_at=at,
        updated_at=at,
    )
    _match(actor, run, source)
    run.save(force_insert=True)
    content.seek(0)
    default_storage.save(run.path, File(content))
    return run


def _match(actor: Actor, run: ImportRun, source: str) -> None:
    """Match the columns of a new run."""
    before = earlier_run(actor, run.kind, run.headers)
    if before and source in ("", before.source.split(":")[0].partition("-")[0]):
        known = KINDS[run.kind].all_targets
        run.source, run.choices = before.source, dict(before.choices)
        run.mapping = {place: name for place, name in before.mapping.items() if name in known}
        return
    chosen = SOURCES[source] if source else guess_source(run.headers, KINDS[run.kind])
    run.mapping = match_headers(run.headers, KINDS[run.kind], chosen)
    run.source = source_name(run, chosen.name)


def source_name(run: ImportRun, source: str) -> str:
    """Return under which name the rows of a run are remembered. Own files with other columns are other sources."""
    if source != OWN.name:
        return SOURCES[source].rows_of(run.kind)
    columns = hashlib.sha256("\n".join(run.headers).encode()).hexdigest()[:16]
    return f"file-{columns}:{run.kind}"


@transaction.atomic
def read_as(
    *, actor: Actor, run_id: UUID, version: int, source: str, encoding: str = "", delimiter: str = ""
) -> ImportRun:
    """Say which system a file comes from, and match its columns as that calls them; and how the file is to be read, where
    that was recognised wrongly. Raises `Invalid` at `source`, `encoding`, `delimiter`, and at `file` when it cannot be read so.
    """
    run = _lock(actor, run_id, version, _OPEN)
    checks = Checks()
    source = checks.choice("source", source, tuple(SOURCES))
    run.encoding = checks.choice("encoding", encoding or run.encoding, tuple(ENCODINGS))
    run.delimiter = checks.choice("delimiter", delimiter or run.delimiter, tuple(DELIMITERS))
    checks.done()
    with default_storage.open(run.path, "rb") as content:
        run.headers = headers_of(cast(BinaryIO, content), run.encoding, run.delimiter)
    run.mapping = match_headers(run.headers, KINDS[run.kind], SOURCES[source])
    run.source, run.findings, run.report = source_name(run, source), {}, {}
    values = ("encoding", "delimiter", "headers", "mapping", "source", "findings", "report")
    return set_state(run, ImportState.COLUMNS, **{name: getattr(run, name) for name in values})


@transaction.atomic
def match_columns(*, actor: Actor, run_id: UUID, version: int, mapping: Mapping[str, str]) -> ImportRun:
    """Say what each column becomes, by its place ("" or absent: nothing), and check all rows in the background.

    Raises `Invalid` at `mapping.<place>` for a field that there is not, or twice, and at `mapping` when no column names a row.
    """
    run = _lock(actor, run_id, version, _OPEN)
    checked = _checked_mapping(run, mapping)
    return _check_again(run, mapping=checked)


@transaction.atomic
def decide(*, actor: Actor, run_id: UUID, version: int, choices: Mapping[str, str]) -> ImportRun:
    """Decide what was asked about a checked file, and check it again. Raises `Invalid` at `choices.<key>`."""
    run = _lock(actor, run_id, version, (ImportState.CHECKED,))
    asked = {one.key: one for one in questions(actor, run)}
    checks = Checks()
    decided = dict(run.choices)
    for key, value in choices.items():
        field = f"choices.{key}"
        if key not in asked:
            checks.add(field, _("This is not asked about."), code="unknown")
        elif key == "currency":
            decided[key] = checks.currency(field, value, required=False)
        else:
            decided[key] = checks.choice(
                field, value, [one for one, _label in asked[key].options if one], required=False
            )
    checks.done()
    return _check_again(run, choices={key: value for key, value in decided.items() if value})


def _check_again(run: ImportRun, **values: Any) -> ImportRun:
    values |= {"findings": {}, "report": {}, "total": 0, "done": 0}
    return set_state(run, ImportState.CHECKING, **values)


@transaction.atomic
def start_import(*, actor: Actor, run_id: UUID, version: int) -> ImportRun:
    """Bring in the rows of a checked file, in the background. Rows with faults are left out.

    Raises `Refused` as long as something is not decided, or when there is nothing to bring in.
    """
    run = _lock(actor, run_id, version, (ImportState.CHECKED,))
    if any(one.is_open for one in questions(actor, run)):
        raise Refused(_("Decide first what is asked about these rows."), code="undecided")
    if not ready_rows(run):
        raise Refused(_("There is no row in this file that could be brought in."), code="nothing_to_do")
    run.lines.all().delete()
    return set_state(run, ImportState.LOADING, done=0, report={})


@transaction.atomic
def cancel_import(*, actor: Actor, run_id: UUID, version: int | None = None) -> ImportRun:
    """Stop an import: at once before anything is written, else behind the batch that is at work; what came in stays."""
    run = lock_run(actor, run_id, version)
    if run.state in (*_OPEN, ImportState.CHECKING):
        run.report = {}
        end_run(run, ImportState.CANCELLED)
        run.lines.all().delete()
    elif run.state == ImportState.LOADING:
        run.cancel_wanted = True
        run.save(update_fields=["cancel_wanted"])
    else:
        raise Refused(_("This import has ended already."), code="import_ended")
    return run


@transaction.atomic
def undo_import(*, actor: Actor, run_id: UUID, version: int) -> ImportRun:
    """Take back what an import wrote, in the background: what was touched since stays, and is listed.

    Raises `Refused` when it cannot be undone any more.
    """
    run = _lock(actor, run_id, version, (ImportState.FINISHED, ImportState.CANCELLED, ImportState.INTERRUPTED))
    if not can_be_undone(run):
        raise Refused(_("This import cannot be undone any more."), code="too_late")
    return set_state(run, ImportState.UNDOING)


def _lock(actor: Actor, run_id: UUID, version: int, states: tuple[ImportState, ...]) -> ImportRun:
    run = lock_run(actor, run_id, version)
    _check_may(actor, run.kind)
    if run.state not in states:
        raise Refused(_("The import has gone on. Look at it as it is now."), code="gone_on")
    return run


def _check_may(actor: Actor, kind: str) -> None:
    if actor.user is None or not actor.is_seller:
        raise NotAllowed(_("Files are brought in by somebody on the selling side."))
    check_scope(actor, KINDS[kind].scope)


def _checked_mapping(run: ImportRun, mapping: Mapping[str, str]) -> dict[str, str]:
    kind, checks = KINDS[run.kind], Checks()
    places = {str(place) for place in range(len(run.headers))}
    known, checked = kind.all_targets, dict[str, str]()
    for place, name in mapping.items():
        if not name:
            continue
        if place not in places:
            checks.add(f"mapping.{place}", _("There is no such column."), code="unknown")
        elif name not in known:
            checks.add(f"mapping.{place}", _("Choose a field from the list."), code="unknown")
        elif name in checked.values():
            words = _("Another column becomes “%(field)s” already.") % {"field": known[name].label}
            checks.add(f"mapping.{place}", words, code="twice")
        else:
            checked[place] = name
    checks.done()
    if not set(kind.named_by) & set(checked.values()):
        names = ", ".join(str(known[name].label) for name in kind.named_by)
        raise Invalid.field("mapping", _("One column at least has to be one of: %(names)s.") % {"names": names})
    return checked
