"""Exchange rates: an administrator's to set. What was agreed at a rate keeps it."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.actions.team import check_admin
from crm.actors import Actor
from crm.checks import Checks
from crm.clock import now
from crm.errors import NotAllowed, NotFound
from crm.events.record import record
from deals.models import ExchangeRate

HIGHEST = Decimal(10) ** 9


@transaction.atomic
def set_exchange_rate(*, actor: Actor, currency: Any, on: Any, rate: Any) -> ExchangeRate:
    """Say what one unit of `currency` is worth in the base currency from the day `on`; one that is there is replaced.

    Raises `Invalid` at the field.
    """
    check_admin(actor)
    if actor.user is None:
        raise NotAllowed(_("A rate is set by a person."))
    checks = Checks()
    currency, day = checks.currency("currency", currency), checks.day("on", on)
    value = checks.decimal("rate", rate, places=10, lowest=Decimal(0))
    if currency == settings.BASE_CURRENCY:
        checks.add("currency", _("This is the base currency: it is worth 1."), code="base_currency")
    if value is not None and not 0 < value < HIGHEST:
        checks.add("rate", _("A rate is more than 0 and less than a billion."), code="out_of_range")
    checks.done()
    if day is None or value is None:
        raise ValueError("checked values are there")
    found, _made = ExchangeRate.objects.update_or_create(
        currency=currency, on=day, defaults={"rate": value, "set_at": now(), "set_by": actor.user}
    )
    data = {"currency": currency, "on": str(day), "rate": str(value)}
    record("exchange_rate.set", actor=actor, room=None, subject=found, data=data)
    return found


@transaction.atomic
def remove_exchange_rate(*, actor: Actor, exchange_rate_id: UUID) -> None:
    """Take a rate out that was wrong. Raises `NotFound`."""
    check_admin(actor)
    rate = ExchangeRate.objects.select_for_update().filter(pk=exchange_rate_id).first()
    if rate is None:
        raise NotFound
    record("exchange_rate.removed", actor=actor, room=None, subject=rate, data={"currency": rate.currency})
    rate.delete()
