"""Webhook endpoints: made, changed, given a new secret, switched off, taken away; messages sent again."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.actions.version import check_version, save_changes
from crm.actors import SYSTEM, Actor
from crm.checks import Checks
from crm.clock import now
from crm.errors import NotAllowed, NotFound, Refused
from crm.events.record import record
from crm.models import Event, WebhookEndpoint, WebhookMessage, WebhookState
from crm.registry import rendered_types
from crm.rules.webhook import names_inside
from crm.scopes import check_scope
from crm.secrets import new_webhook_secret, seal

BOTH_SECRETS = timedelta(hours=24)
"""How long the old secret signs beside the new one."""
ENDPOINTS_LIMIT = 20
READS = "events:read"
"""The scope without which a key has nobody told of events."""
REPLAY_LIMIT = 10_000


@transaction.atomic
def create_webhook_endpoint(*, actor: Actor, values: dict[str, Any]) -> tuple[WebhookEndpoint, str]:
    """Tell an address of events from now on; return it with its secret, which is shown once.

    `values`: url, event_types (empty: every type), description. Raises `Invalid`, `NotAllowed`, `Refused` for too many.
    """
    if actor.user is None or not actor.is_seller:
        raise NotAllowed(_("Webhooks are set up by staff."))
    check_scope(actor, READS)
    clean = _checked({"url": "", **values})
    if WebhookEndpoint.objects.filter(user=actor.user, archived_at=None).count() >= ENDPOINTS_LIMIT:
        raise Refused(_("Twenty addresses are the most. Take one away first."), code="too_many")
    secret, at = new_webhook_secret(), now()
    endpoint = WebhookEndpoint.objects.create(
        user=actor.user, key=actor.key, secret=seal(secret), created_at=at, updated_at=at, **clean
    )
    record("webhook_endpoint.created", actor=actor, room=None, subject=endpoint)
    return endpoint, secret


@transaction.atomic
def change_webhook_endpoint(
    *, actor: Actor, endpoint_id: UUID, version: int, values: dict[str, Any]
) -> WebhookEndpoint:
    """Change url, event_types or description, or switch it off and on again (`disabled`). Raises `Stale`, `Invalid`.

    Whoever names another address decides what it is told: a key no more than it may read.
    """
    endpoint = _lock(actor, endpoint_id)
    check_version(endpoint, version)
    is_off = values.pop("disabled", None)
    changes = _checked(values)
    if "url" in changes:
        check_scope(actor, READS)
        changes["key"] = actor.key
    if is_off is not None and bool(endpoint.disabled_at) != is_off:
        changes |= {"disabled_at": now() if is_off else None, "disabled_reason": ""}
    if save_changes(endpoint, changes):
        record("webhook_endpoint.changed", actor=actor, room=None, subject=endpoint)
    return endpoint


@transaction.atomic
def rotate_webhook_secret(*, actor: Actor, endpoint_id: UUID, version: int) -> tuple[WebhookEndpoint, str]:
    """Give an endpoint a new secret, shown once; for a day both secrets sign. Raises `Stale`."""
    endpoint = _lock(actor, endpoint_id)
    check_version(endpoint, version)
    secret = new_webhook_secret()
    changes = {
        "previous_secret": bytes(endpoint.secret),
        "previous_until": now() + BOTH_SECRETS,
        "secret": seal(secret),
    }
    save_changes(endpoint, changes)
    record("webhook_endpoint.secret_rotated", actor=actor, room=None, subject=endpoint)
    return endpoint, secret


@transaction.atomic
def archive_webhook_endpoint(*, actor: Actor, endpoint_id: UUID, version: int) -> WebhookEndpoint:
    """Tell this address nothing more. What is on its way is given up."""
    endpoint = _lock(actor, endpoint_id)
    check_version(endpoint, version)
    save_changes(endpoint, {"archived_at": now()})
    endpoint.messages.filter(state=WebhookState.WAITING).update(state=WebhookState.FAILED, done_at=now())
    record("webhook_endpoint.archived", actor=actor, room=None, subject=endpoint)
    return endpoint


@transaction.atomic
def switch_off_webhook_endpoint(*, endpoint_id: UUID, reason: str) -> None:
    """Tell an address nothing more because of how it answers; its owner hears of it. Nothing happens to one that is off."""
    on = WebhookEndpoint.objects.filter(pk=endpoint_id, disabled_at=None, archived_at=None)
    endpoint = on.select_for_update(of=("self",), no_key=True).first()
    if endpoint is not None:
        save_changes(endpoint, {"disabled_at": now(), "disabled_reason": reason})
        record("webhook_endpoint.switched_off", actor=SYSTEM, room=None, subject=endpoint, data={"reason": reason})


@transaction.atomic
def replay_message(*, actor: Actor, message_id: UUID) -> WebhookMessage:
    """Send one message again, under its id, beginning its tries anew."""
    message = WebhookMessage.objects.visible_to(actor).filter(pk=message_id).first()
    if message is None:
        raise NotFound
    _lock(actor, message.endpoint_id)
    locked = WebhookMessage.objects.select_for_update(of=("self",), no_key=True).get(pk=message.pk)
    locked.state, locked.attempts, locked.run_after, locked.done_at = WebhookState.WAITING, 0, now(), None
    locked.save(update_fields=["state", "attempts", "run_after", "done_at"])
    return locked


@transaction.atomic
def replay_messages(*, actor: Actor, endpoint_id: UUID, since: datetime, until: datetime | None = None) -> int:
    """Send everything of a stretch of time again that the endpoint wants and its owner sees; return how many.

    Events that were never owed (the endpoint was off, or came later) are sent too. Raises `Refused` for over 10,000.
    """
    endpoint = _lock(actor, endpoint_id)
    at = now()
    events = Event.objects.filter(at__gte=since, at__lt=until or at, feed__isnull=False).visible_to(actor)
    if endpoint.event_types:
        events = events.filter(type__in=endpoint.event_types)
    ids = list(events.order_by("pk").values_list("pk", flat=True)[: REPLAY_LIMIT + 1])
    if len(ids) > REPLAY_LIMIT:
        raise Refused(_("That is more than 10,000 events. Choose a shorter time."), code="too_many")
    owed = [WebhookMessage(endpoint=endpoint, event_id=pk, run_after=at, created_at=at) for pk in ids]
    WebhookMessage.objects.bulk_create(owed, ignore_conflicts=True)
    again = endpoint.messages.filter(event__in=ids)
    return again.update(state=WebhookState.WAITING, attempts=0, run_after=at, done_at=None)


def _lock(actor: Actor, endpoint_id: UUID) -> WebhookEndpoint:
    visible = WebhookEndpoint.objects.visible_to(actor).filter(pk=endpoint_id, archived_at=None)
    endpoint = visible.select_for_update(of=("self",), no_key=True).first()
    if endpoint is None:
        raise NotFound
    return endpoint


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    checks = Checks()
    clean: dict[str, Any] = {}
    for field, value in values.items():
        match field:
            case "url":
                clean[field] = _url(checks, value)
            case "description":
                clean[field] = checks.line(field, value, required=False)
            case "event_types":
                clean[field] = checks.choices(field, value, rendered_types())
            case _:
                checks.add(field, _("There is no such field."), code="unknown")
    checks.done()
    return clean


def _url(checks: Checks, value: Any) -> str:
    """Return an https address without user name or fragment; http only where webhooks may reach into private networks."""
    url = checks.line("url", value, limit=2000)
    schemes = ["https", "http"] if settings.WEBHOOKS_REACH_PRIVATE else ["https"]
    try:
        URLValidator(schemes=schemes)(url)
        parts = urlsplit(url)
        if parts.username or parts.fragment or not url.isascii():
            raise ValidationError("")
    except (ValidationError, ValueError):
        if url:
            words = _(
                "Give a whole https address in plain letters, others written as %(sign)s."
                " For example: https://hooks.company.example/cg."
            )
            checks.add("url", words % {"sign": "%C3%BC"}, code="not_a_url")
        return url
    if names_inside(parts.hostname or "") and not settings.WEBHOOKS_REACH_PRIVATE:
        checks.add("url", _("This address lies in a network that webhooks do not reach into."), code="private_network")
    return url
