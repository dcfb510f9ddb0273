"""The price list: an administrator's. What was sold at a price keeps it."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.actions.team import check_admin
from crm.actions.version import check_version, save_changes
from crm.actors import Actor
from crm.checks import Checks
from crm.clock import now
from crm.errors import NotFound
from crm.events.record import record
from deals.models import Billing, Price, Product

MOST_PRICES = 50


@transaction.atomic
def create_product(*, actor: Actor, values: dict[str, Any]) -> Product:
    """Add a product. `values`: name, code, description, unit, billing, tax, prices ({currency: amount}).

    Raises `Invalid` at the field.
    """
    check_admin(actor)
    checks = Checks()
    values = {"name": "", "billing": Billing.ONCE.value} | values
    clean, prices = _checked(checks, values, None), _prices(checks, values.get("prices", {}))
    checks.done()
    at = now()
    product = Product.objects.create(**clean, created_at=at, updated_at=at)
    _save_prices(product, prices)
    record("product.created", actor=actor, room=None, subject=product)
    return product


@transaction.atomic
def change_product(*, actor: Actor, product_id: UUID, version: int, values: dict[str, Any]) -> Product:
    """Change a product; `prices` replace the ones that are there. Deals keep what they were sold at. Raises `Stale`."""
    check_admin(actor)
    product = _lock(product_id)
    check_version(product, version)
    checks = Checks()
    clean = _checked(checks, values, product)
    prices = _prices(checks, values["prices"]) if "prices" in values else None
    checks.done()
    priced = prices is not None and _save_prices(product, prices)
    changed = save_changes(product, clean)
    if priced and not changed:
        product.version, product.updated_at = product.version + 1, now()
        product.save(update_fields=["version", "updated_at"])
    if changed or priced:
        data = {"fields": [*changed, *(["prices"] if priced else [])]}
        record("product.changed", actor=actor, room=None, subject=product, data=data)
    return product


@transaction.atomic
def archive_product(*, actor: Actor, product_id: UUID, version: int) -> Product:
    """Take a product off the price list; where it was sold it stays."""
    check_admin(actor)
    product = _lock(product_id)
    check_version(product, version)
    if save_changes(product, {"archived_at": product.archived_at or now()}):
        record("product.archived", actor=actor, room=None, subject=product)
    return product


def _lock(product_id: UUID) -> Product:
    product = Product.objects.select_for_update(of=("self",), no_key=True).filter(pk=product_id).first()
    if product is None:
        raise NotFound
    return product


def _checked(checks: Checks, values: dict[str, Any], product: Product | None) -> dict[str, Any]:
    clean: dict[str, Any] = {}
    for field, value in values.items():
        match field:
            case "name":
                clean[field] = checks.line(field, value)
            case "code":
                clean[field] = _code(checks, value, product)
            case "description":
                clean[field] = checks.text(field, value, required=False, limit=5000)
            case "unit":
                clean[field] = checks.line(field, value, required=False, limit=40)
            case "billing":
                clean[field] = checks.choice(field, value, Billing.values)
            case "tax":
                clean[field] = checked_percent(checks, field, value)
            case "prices":
                pass
            case _:
                checks.add(field, _("There is no such field."), code="unknown")
    return clean


def _code(checks: Checks, value: Any, product: Product | None) -> str:
    code = checks.line("code", value, required=False, limit=64)
    others = Product.objects.on_sale().filter(code=code)
    if code and (others.exclude(pk=product.pk) if product else others).exists():
        checks.add("code", _("Another product has this code already."), code="taken")
    return code


def checked_percent(checks: Checks, field: str, value: Any) -> Decimal:
    """Return a percentage from 0 to 100 with at most two decimals; empty is 0."""
    percent = checks.decimal(field, value, required=False, places=2, lowest=Decimal(0)) or Decimal(0)
    if percent > 100:
        checks.add(field, _("This is a percentage: 100 is the most."), code="out_of_range")
    return percent


def _prices(checks: Checks, prices: dict[str, Any]) -> dict[str, Decimal]:
    """Return amounts by currency. Faults are at `prices`."""
    clean = {}
    if len(prices) > MOST_PRICES:
        checks.add("prices", _("A product has at most %(most)s prices.") % {"most": MOST_PRICES}, code="too_many")
    for currency, amount in prices.items():
        code = checks.currency("prices", currency)
        number = checks.decimal("prices", amount, places=4, lowest=Decimal(0))
        if code and number is not None:
            clean[code] = number
    return clean


def _save_prices(product: Product, prices: dict[str, Decimal]) -> bool:
    """Put these prices in the place of those that are there; return whether that changed anything."""
    before = dict(product.prices.values_list("currency", "amount"))
    if before == prices:
        return False
    product.prices.all().delete()
    Price.objects.bulk_create(_rows(product, prices.items()))
    return True


def _rows(product: Product, prices: Iterable[tuple[str, Decimal]]) -> list[Price]:
    return [Price(product=product, currency=currency, amount=amount) for currency, amount in prices]
