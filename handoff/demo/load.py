"""Loading the demo chapter by chapter. Each chapter is one transaction and leaves a mark, so a killed start goes on later."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction

from crm.actions.notification import notify
from crm.actors import SYSTEM
from crm.clock import frozen, now
from crm.models import Delivery, ImportedRow, ImportRun, ImportState, User
from deals.imports.load import Order, import_folder
from deals.imports.maven import MAVEN
from deals.imports.report import Report
from handoff.demo.board import CARDS, tell_card
from handoff.demo.clock import StoryClock
from handoff.demo.day import tell_day
from handoff.demo.doors import open_doors
from handoff.demo.guidance import tell_guidance
from handoff.demo.halvorsen import tell_halvorsen
from handoff.demo.products import tell_products
from handoff.demo.relationship import tell_relationships
from handoff.demo.staff import make_staff
from handoff.demo.success import PACIFIC, tell_handover, tell_success

SOURCE = "demo"
SALES_DAY, SUCCESS_DAY = date(2026, 4, 14), date(2027, 4, 20)
"""The days of the mockups that the day of the first start stands for: one for deals, one for what follows a close."""

_NOWHERE = "django.core.mail.backends.dummy.EmailBackend"


def load_story(sign_in: Path) -> None:
    """Make the people who can sign in at once, then tell whatever was not told yet."""
    staff = make_staff(sign_in)
    first_start = _first_start(staff["admin"])
    sales, success = StoryClock(first_start, SALES_DAY), StoryClock(first_start, SUCCESS_DAY)
    _chapter("guidance", first_start, staff, lambda: tell_guidance(sales, staff))
    _chapter("halvorsen", first_start, staff, lambda: tell_halvorsen(sales, staff))
    _chapter("products", first_start, staff, lambda: tell_products(sales, staff))
    for card in CARDS:
        _chapter(card.client, first_start, staff, partial(tell_card, sales, staff, card))
    _chapter("handover", first_start, staff, lambda: tell_handover(sales, staff))
    _chapter("day", first_start, staff, lambda: tell_day(sales, staff))
    _chapter("success", first_start, staff, lambda: tell_success(success, staff))
    _chapter("known", first_start, staff, lambda: tell_relationships(sales, success, staff, PACIFIC.client))
    if not _is_told("doors"):
        with _mail(settings.EMAIL_BACKEND), transaction.atomic():  # these are sent: they are the way in as a buyer
            open_doors(staff["rep"])
            _mark("doors", staff["admin"], now())


def load_pipeline(folder: Path, progress: Callable[[int, int], None]) -> None:
    """Import the public pipeline as demo data, unless an earlier start did so to the end."""
    if ImportRun.objects.filter(is_demo=True, state=ImportState.FINISHED).exists():
        return
    order = Order(folder=folder, preset=MAVEN, currency="USD", is_demo=True, progress=progress)
    with Report(None) as report:
        import_folder(actor=SYSTEM, order=order, report=report)


def _first_start(admin: User) -> datetime:
    _mark("first_start", admin, now())
    return ImportedRow.objects.get(source=SOURCE, key="first_start").imported_at


def _chapter(key: str, first_start: datetime, staff: dict[str, User], tell: Callable[[], object]) -> None:
    if _is_told(key):
        return
    with _mail(_NOWHERE), transaction.atomic():  # what would have been mailed in the past is not mailed now
        before = Delivery.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        tell()
        # What happened before the first start was told to everybody back then; only the last day's news is still owed.
        past = Delivery.objects.filter(pk__gt=before, event__at__lt=first_start.replace(hour=0, minute=0, second=0))
        past.update(done_at=first_start)
        _tell_the_news(before, first_start)
        _mark(key, staff["admin"], now())


def _tell_the_news(before: int, first_start: datetime) -> None:
    """Tell in the app what happened on the day before, as it was told then; the mails of that day have long been read."""
    told = Delivery.objects.filter(pk__gt=before, consumer__endswith=".notify", event__at__lte=first_start)
    fresh = told.filter(event__at__gte=first_start - timedelta(days=1)).select_related("event").order_by("pk")
    for delivery in fresh:
        with frozen(delivery.event.at):
            notify(delivery.event)


def _is_told(key: str) -> bool:
    return ImportedRow.objects.filter(source=SOURCE, key=key).exists()


def _mark(key: str, subject: User, at: datetime) -> None:
    """Leave a mark that a chapter is told; it names the administrator, as a mark must name a row."""
    ImportedRow.objects.get_or_create(
        source=SOURCE,
        key=key,
        defaults={"digest": "", "subject_type": "user", "subject_id": subject.pk, "imported_at": at},
    )


@contextmanager
def _mail(backend: str) -> Iterator[None]:
    """Send mails by `backend`, and before the next step instead of beside it: this process ends when it is done."""
    names = ("EMAIL_BACKEND", "MAIL_IN_BACKGROUND")
    before = {name: getattr(settings, name) for name in names}
    settings.EMAIL_BACKEND, settings.MAIL_IN_BACKGROUND = backend, False
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(settings, name, value)
