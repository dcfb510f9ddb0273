"""Loading a folder: everything is checked first, then brought in batch by batch.

Each batch is one transaction, and the run's row counts it in the same one. Nothing is written when a file has a fault. A
run that is killed leaves whole batches; the next run finds them unchanged and goes on behind them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from crm.actions.custom_field import define_custom_fields
from crm.actions.import_run import advance_run, begin_run, finish_run, interrupt_run
from crm.actions.imported_organization import import_organizations, organization_ids
from crm.actions.imported_row import Batch, Incoming
from crm.actions.imported_staff import StaffRow, import_staff
from crm.actors import Actor
from crm.clock import now
from crm.errors import Refused
from crm.models import ImportedRow, ImportRun, User
from crm.rules.canonical import decimal_words
from deals.actions.imported_deal import Destination, import_deals
from deals.imports.check import Checked, Clean, check_files, clean_rows
from deals.imports.preset import Preset
from deals.imports.report import Report
from deals.imports.table import Fault
from deals.models import DealStatus, Pipeline

BATCH = 500
"""Deals in one transaction."""
_LOCK = 0x1_3907


class FilesRefused(Exception):
    """The files have faults; nothing was written."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


@dataclass(frozen=True)
class Order:
    """What to import and how. `progress` is told (done, total) after each batch."""

    folder: Path
    preset: Preset
    currency: str
    is_demo: bool = False
    dry_run: bool = False
    progress: Callable[[int, int], None] = lambda _done, _total: None


def import_folder(*, actor: Actor, order: Order, report: Report) -> ImportRun:
    """Check the files of a folder, then bring in what is new or changed.

    Raises `FilesRefused` before anything is written, and `Refused` while another import works.
    """
    with _only_one():
        checked = check_files(order.folder, order.preset)
        if checked.faults:
            raise FilesRefused(checked.faults)
        whole: AbstractContextManager[Any] = transaction.atomic() if order.dry_run else nullcontext()
        with whole:
            run = begin_run(
                actor=actor, source=order.preset.name, total=sum(checked.counts.values()), is_demo=order.is_demo
            )
            try:
                _Loading(actor, order, checked, report, run).load()
            except BaseException:
                if not connection.in_atomic_block:
                    interrupt_run(run=run)
                raise
            finish_run(actor=actor, run=run, report=report.as_json())
            if order.dry_run:
                transaction.set_rollback(True)
    return run


@contextmanager
def _only_one() -> Iterator[None]:
    """Hold the database's lock for imports as long as this connection lives."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if cursor.fetchone() != (True,):
            raise Refused(_("Another import is at work. Wait until it has finished."), code="import_running")
    try:
        yield
    finally:
        if connection.connection and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


@dataclass
class _Loading:
    """One run, with what its parts need of each other."""

    actor: Actor
    order: Order
    checked: Checked
    report: Report
    run: ImportRun

    def load(self) -> None:
        """Bring in clients, staff, products' facts, then deals."""
        with transaction.atomic():
            define_custom_fields([(one.on, one.key, str(one.label), one.type) for one in self.order.preset.definitions])
        self._clients()
        self._staff()
        products = self._products()
        self._deals(products)

    def _source(self, part: str) -> str:
        return f"{self.order.preset.name}:{part}"

    def _read(self, part: str) -> Iterator[Clean]:
        """Yield the rows once more. A file that changed since it was checked stops the run."""
        for clean in clean_rows(self.order.folder, self.order.preset, part, self.checked):
            if self.checked.faults:
                raise FilesRefused(self.checked.faults)
            yield clean

    def _advance(self, rows: int) -> None:
        advance_run(run=self.run, rows=rows)
        self.order.progress(self.run.done, self.run.total)

    def _clients(self) -> None:
        rows = list(self._read("clients"))
        incoming = [_client(clean) for clean in rows]
        with transaction.atomic():
            outcomes = import_organizations(actor=self.actor, batch=Batch(self._source("clients")), rows=incoming)
            self._advance(len(rows))
        self.report.add(self.order.preset.clients.file, _keyed(rows, "name"), outcomes)

    def _staff(self) -> None:
        rows = list(self._read("staff"))
        staff = [StaffRow(one.values["name"], one.values["manager"], one.values["office"]) for one in rows]
        domain = self.order.preset.mail_domain
        with transaction.atomic():
            outcomes = import_staff(actor=self.actor, source=self._source("staff"), rows=staff, domain=domain)
            self._advance(len(rows))
        self.report.add(self.order.preset.staff.file, _keyed(rows, "name"), outcomes)

    def _products(self) -> dict[str, Mapping[str, Any]]:
        rows = list(self._read("products"))
        self._advance(len(rows))
        self.report.add_read(self.order.preset.products.file, _keyed(rows, "name"))
        return {one.values["name"]: one.values for one in rows}

    def _deals(self, products: Mapping[str, Mapping[str, Any]]) -> None:
        clients = organization_ids(self._source("clients"), list(self.checked.names["clients"].lines))
        owners = _owners(self._source("staff"))
        stage = Pipeline.objects.get(slug="default").stages.earliest("position")
        to = Destination(stage, is_demo=self.order.is_demo)
        file = self.order.preset.deals.file
        rows = self._read("deals")
        while batch := list(islice(rows, BATCH)):
            incoming = [
                _deal(clean.values, self.order, clients.get(clean.values["client"]), owners, products)
                for clean in batch
            ]
            with transaction.atomic():
                outcomes = import_deals(actor=self.actor, batch=Batch(self._source("deals")), rows=incoming, to=to)
                self._advance(len(batch))
            self.report.add(file, _keyed(batch, "id"), outcomes)


def _keyed(rows: Iterable[Clean], key: str) -> Iterator[tuple[Clean, str]]:
    return ((clean, clean.values[key]) for clean in rows)


def _client(clean: Clean) -> Incoming:
    own = {name: value for name, value in clean.values.items() if not name.startswith("custom.")}
    custom = {
        name.removeprefix("custom."): decimal_words(value)
        for name, value in clean.values.items()
        if name.startswith("custom.") and value is not None
    }
    return Incoming(clean.values["name"], own, custom)


def _owners(source: str) -> dict[str, tuple[UUID, UUID | None]]:
    """Return each rep's id and team by the name in the file."""
    known = dict(ImportedRow.objects.filter(source=f"{source}:reps").values_list("key", "subject_id"))
    teams = dict(User.objects.filter(pk__in=known.values()).values_list("pk", "team_id"))
    return {name: (pk, teams[pk]) for name, pk in known.items()}


def _deal(
    values: Mapping[str, Any],
    order: Order,
    organization_id: UUID | None,
    owners: Mapping[str, tuple[UUID, UUID | None]],
    products: Mapping[str, Mapping[str, Any]],
) -> Incoming:
    """Say what a source row is as a deal. A day becomes an instant at noon UTC: the same day in nearly every zone."""
    owner_id, team_id = owners[values["agent"]]
    status = order.preset.statuses[values["stage"]]
    product = products[values["product"]]
    custom = {
        "source_id": values["id"],
        "source_stage": values["stage"] if status == DealStatus.OPEN else "",
        "product": product["name"],
        "product_series": product["series"],
        "list_price": decimal_words(product["price"]) if product["price"] is not None else "",
        "begun_on": values["begun_on"].isoformat() if values["begun_on"] else "",
    }
    fields = {
        "title": f"{product['name']} · {values['id']}",
        "organization_id": organization_id,
        "owner_id": owner_id,
        "team_id": team_id,
        "amount": values["amount"],
        "currency": order.currency,
        "close_on": values["ended_on"],
        "status": status,
        "ended_at": _noon(values["ended_on"]) if status != DealStatus.OPEN and values["ended_on"] else None,
    }
    begun_at = _noon(values["begun_on"]) if values["begun_on"] else now()
    return Incoming(
        values["id"], fields, {key: value for key, value in custom.items() if value}, {"created_at": begun_at}
    )


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)
