"""What a deal is made of. Its amount follows: the sum of its lines after discounts, before tax, in the deal's currency."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.actions.version import check_version, save_changes
from crm.actors import Actor
from crm.checks import AMOUNT_LIMIT, Checks, checked_id
from crm.clock import now
from crm.errors import Invalid, NotAllowed, NotFound, Refused
from crm.events.record import record
from crm.models import Room, Side
from deals.actions.deal import lock_deal, save_deal
from deals.actions.product import checked_percent
from deals.models import Billing, Deal, LineItem, Product
from deals.queries.exchange_rate import rate_between
from deals.queries.line_item import net_of_lines, price_in

MOST_LINES = 200
MOST_PERIODS = 600
"""Fifty years of months."""


@transaction.atomic
def add_line_item(*, actor: Actor, deal_id: UUID, values: dict[str, Any]) -> LineItem:
    """Add a line to a deal. `values`: product, title, quantity, unit_price, currency, billing, periods, discount, tax.

    What is left out comes from the price list. Raises `Invalid` at the field, `Refused` when the deal has ended.
    """
    room, deal = _lock_open(actor, deal_id)
    if deal.line_items.filter(archived_at=None).count() >= MOST_LINES:
        raise Refused(_("A deal has at most %(most)s lines.") % {"most": MOST_LINES}, code="too_many")
    checks = Checks()
    product = _product(checks, values.get("product"))
    values = _from_list(product, deal, values)
    clean = _checked(checks, values, product)
    rate = _rate(checks, clean.get("currency", ""), deal)
    checks.done()
    at = now()
    last = deal.line_items.aggregate(last=Max("position"))["last"]
    line = LineItem.objects.create(
        deal=deal, **clean, **rate, position=0 if last is None else last + 1, created_at=at, updated_at=at
    )
    _follow(actor, room, deal)
    return line


@transaction.atomic
def change_line_item(*, actor: Actor, line_item_id: UUID, version: int, values: dict[str, Any]) -> LineItem:
    """Change a line. A new currency is converted at today's rate. Raises `Invalid`, `Refused`, `Stale`."""
    room, deal, line = _lock_line(actor, line_item_id, version)
    checks = Checks()
    product = _product(checks, values["product"]) if "product" in values else line.product
    merged = {name: getattr(line, name) for name in ("billing", "periods")} | values
    clean = _checked(checks, merged, product)
    if clean.get("currency", line.currency) != line.currency:
        clean |= _rate(checks, clean["currency"], deal)
    checks.done()
    if save_changes(line, clean):
        _follow(actor, room, deal)
    return line


@transaction.atomic
def archive_line_item(*, actor: Actor, line_item_id: UUID, version: int) -> LineItem:
    """Take a line out. With the last one the amount stays as it is, and is written by hand again."""
    room, deal, line = _lock_line(actor, line_item_id, version)
    save_changes(line, {"archived_at": now()})
    _follow(actor, room, deal)
    return line


@transaction.atomic
def price_deal_in(*, actor: Actor, deal_id: UUID, version: int, currency: str) -> Deal:
    """Give a deal with lines another currency: each line is converted at today's rate. Raises `Invalid`, `Stale`."""
    room, deal = _lock_open(actor, deal_id)
    check_version(deal, version)
    checks = Checks()
    deal.currency = checks.currency("currency", currency)
    lines = list(deal.line_items.select_for_update(of=("self",), no_key=True).filter(archived_at=None))
    rates = {line.pk: _rate(checks, line.currency, deal) for line in lines if not checks.faults}
    checks.done()
    for line in lines:
        save_changes(line, rates[line.pk])
    save_deal(deal, "currency")
    _follow(actor, room, deal, also=("currency",))
    return deal


def _follow(actor: Actor, room: Room, deal: Deal, *, also: tuple[str, ...] = ()) -> None:
    """Let the amount of a locked deal follow its lines, and say what changed: to our side, guests see neither."""
    amount = net_of_lines(deal)
    changed = ["line_items", *also]
    if amount is not None and amount != deal.amount:
        if amount > AMOUNT_LIMIT:
            raise Invalid.field("quantity", _("All lines together come to more than can be kept."), code="out_of_range")
        deal.amount = amount
        changed.append("amount")
        save_deal(deal, "amount")
    data = {"fields": sorted(changed)}
    record("deal.changed", actor=actor, room=room, subject=deal, private_to=Side.SELLER, data=data)


def _lock_open(actor: Actor, deal_id: UUID) -> tuple[Room, Deal]:
    if not actor.is_seller:
        raise NotAllowed(_("Only the selling side changes this."))
    room, deal = lock_deal(actor, deal_id)
    if deal.has_ended:
        raise Refused(_("This deal has ended; what it was made of stays as it is."), code="deal_ended")
    return room, deal


def _lock_line(actor: Actor, line_item_id: UUID, version: int) -> tuple[Room, Deal, LineItem]:
    found = LineItem.objects.visible_to(actor).filter(pk=line_item_id).first()
    if found is None:
        raise NotFound
    room, deal = _lock_open(actor, found.deal_id)
    locked = LineItem.objects.select_for_update(of=("self",), no_key=True).filter(pk=found.pk, archived_at=None)
    line = locked.select_related("product").first()
    if line is None:
        raise NotFound
    check_version(line, version)
    return room, deal, line


def _product(checks: Checks, value: Any) -> Product | None:
    product_id = checked_id(checks, "product", value)
    product = Product.objects.on_sale().filter(pk=product_id).first() if product_id else None
    if product_id and product is None:
        checks.add("product", _("Choose a product from the list."), code="unknown")
    return product


def _from_list(product: Product | None, deal: Deal, values: dict[str, Any]) -> dict[str, Any]:
    """Return what a new line says: what was given, and for what was left out, what the price list says."""
    given = {name: value for name, value in values.items() if value not in (None, "")}
    listed: dict[str, Any] = {
        "title": "",
        "unit_price": None,
        "quantity": 1,
        "billing": Billing.ONCE.value,
        "periods": 1,
    }
    if product:
        price = price_in(product, given.get("currency") or deal.currency)
        listed |= {"title": product.name, "billing": product.billing, "tax": product.tax}
        listed |= {"unit_price": price.amount} if price else {}
    return listed | {"currency": deal.currency, "product": None} | given


def _checked(checks: Checks, values: dict[str, Any], product: Product | None) -> dict[str, Any]:
    clean: dict[str, Any] = {}
    for field, value in values.items():
        match field:
            case "product":
                clean["product"] = product
            case "title":
                clean[field] = checks.line(field, value)
            case "quantity" | "unit_price":
                clean[field] = _number(checks, field, value)
            case "currency":
                clean[field] = checks.currency(field, value)
            case "billing":
                clean[field] = checks.choice(field, value, Billing.values)
            case "periods":
                clean[field] = _periods(checks, value, str(values.get("billing")))
            case "discount" | "tax":
                clean[field] = checked_percent(checks, field, value)
            case _:
                checks.add(field, _("There is no such field."), code="unknown")
    return clean


def _number(checks: Checks, field: str, value: Any) -> Decimal | None:
    number = checks.decimal(field, value, places=4, lowest=Decimal(0))
    most = Decimal(10) ** (10 if field == "quantity" else 14)
    if field == "quantity" and number == 0:
        checks.add(field, _("How many? More than 0."), code="out_of_range")
    elif number is not None and number >= most:
        checks.add(field, _("This number is too large."), code="out_of_range")
    return number


def _periods(checks: Checks, value: Any, billing: str) -> int:
    """Return for how many months or years a recurring line runs; 1 for what is due once."""
    if billing == Billing.ONCE:
        return 1
    number = checks.decimal("periods", value, places=0, lowest=Decimal(0))
    if number is not None and not 1 <= number <= MOST_PERIODS:
        checks.add("periods", _("From 1 to %(most)s.") % {"most": MOST_PERIODS}, code="out_of_range")
        return 1
    return int(number or 1)


def _rate(checks: Checks, currency: str, deal: Deal) -> dict[str, Any]:
    """Return today's rate from a currency into the deal's. Without one there is a fault at `currency`."""
    today = timezone.localdate(now())
    rate = rate_between(currency, deal.currency, today) if currency else Decimal(1)
    if rate is None:
        words = _(
            "Nobody has said what %(currency)s is worth in %(into)s. Give the price in %(into)s, or let an administrator"
            " set the rate in %(base)s."
        )
        named = {"currency": currency, "into": deal.currency, "base": settings.BASE_CURRENCY}
        checks.add("currency", words % named, code="no_rate")
        rate = Decimal(1)
    return {"rate": rate, "rated_on": today}
