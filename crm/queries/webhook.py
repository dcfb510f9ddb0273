"""Reading webhook addresses: how each stands, what was sent to it, and how every try went in plain words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from crm.actors import Actor
from crm.clock import now
from crm.errors import NotFound
from crm.models import Event, WebhookAttempt, WebhookEndpoint, WebhookMessage, WebhookState
from crm.queries.paging import page_of
from crm.registry import rendered_types
from crm.rules.webhook import GONE, SILENT

LIMIT = 30


@dataclass(frozen=True)
class EndpointRow:
    """An address and how it stands: `on`, `paused`, `gone`, `silent`, `key_ended` or `owner_left`.

    `last_state` is how the newest message went ("": none was owed yet), `last_at` when that was owed.
    """

    endpoint: WebhookEndpoint
    last_state: str = ""
    last_at: Any = None

    @property
    def state(self) -> str:
        """How it stands now."""
        endpoint, key = self.endpoint, self.endpoint.key
        if not endpoint.user.is_active:
            return "owner_left"
        if key and (key.revoked_at or (key.expires_at and key.expires_at <= now())):
            return "key_ended"
        if endpoint.disabled_at:
            return {GONE: "gone", SILENT: "silent"}.get(endpoint.disabled_reason, "paused")
        return "on"

    @property
    def has_two_secrets(self) -> bool:
        """Whether the secret before the last one still signs."""
        until = self.endpoint.previous_until
        return bool(self.endpoint.previous_secret and until and until > now())


@dataclass(frozen=True)
class Try:
    """One try, in plain words; `seconds` is how long it took."""

    attempt: WebhookAttempt
    words: str

    @property
    def seconds(self) -> float:
        """How long it took."""
        return round(self.attempt.milliseconds / 1000, 2)


@dataclass(frozen=True)
class MessageRow:
    """One message with its tries, the last one last. `body` is what is sent; "" where the reader may not see the event."""

    message: WebhookMessage
    tries: Sequence[Try]
    body: str = ""


def endpoints(actor: Actor, cursor: str = "") -> tuple[list[EndpointRow], str]:
    """Return a page of the addresses the actor sees, newest first, and the cursor to older ones."""
    newest = WebhookMessage.objects.filter(endpoint=OuterRef("pk")).order_by("-id")
    rows: QuerySet[Any] = _visible(actor).annotate(
        last_state=Subquery(newest.values("state")[:1]), last_at=Subquery(newest.values("created_at")[:1])
    )
    page = page_of(rows, cursor, by=("-created_at", "-id"))
    return [EndpointRow(one, one.last_state or "", one.last_at) for one in page.rows], page.next_cursor


def get_endpoint(actor: Actor, endpoint_id: UUID) -> EndpointRow:
    """Return one address. Raises `NotFound`."""
    found = _visible(actor).filter(pk=endpoint_id).first()
    if found is None:
        raise NotFound
    return EndpointRow(found)


def messages_of(endpoint: WebhookEndpoint, cursor: str = "", state: str = "") -> tuple[list[MessageRow], str]:
    """Return a page of the messages to an address, newest first, and the cursor to older ones; those of `state` alone."""
    rows = endpoint.messages.select_related("event").prefetch_related("tries")
    page = page_of(rows.filter(state=state) if state in WebhookState else rows, cursor, by=("-id",), limit=LIMIT)
    return [MessageRow(one, _tries(one)) for one in page.rows], page.next_cursor


def get_message(actor: Actor, message_id: UUID) -> MessageRow:
    """Return one message with its body as it is sent, where the actor may see the event and it has its place in the feed."""
    related = ("event__feed", "endpoint__user", "endpoint__key")
    messages = WebhookMessage.objects.visible_to(actor).filter(endpoint__archived_at=None)
    message = messages.select_related(*related).filter(pk=message_id).first()
    if message is None:
        raise NotFound
    is_seen = Event.objects.visible_to(actor).filter(pk=message.event_id, feed__isnull=False).exists()
    body = orjson.dumps(payload_of(message.event), option=orjson.OPT_INDENT_2).decode() if is_seen else ""
    return MessageRow(message, _tries(message), body)


def payload_of(event: Event) -> dict[str, Any]:
    """Return the thin payload of an event: ids, type, schema, place in the feed. The rest is fetched over REST."""
    return {
        "type": event.type,
        "timestamp": event.at.isoformat(),
        "data": {
            "event": str(event.pk),
            "schema": event.schema,
            "position": event.feed.position,
            "room": str(event.room_id) if event.room_id else None,
            "subject_type": event.subject_type,
            "subject": str(event.subject_id),
            "facts": event.data,
        },
    }


def event_types() -> list[tuple[str, list[str]]]:
    """Return the types of events by what they are about: `("consent", ["consent.asked", …])`."""
    found: dict[str, list[str]] = {}
    for type in sorted(rendered_types()):
        found.setdefault(type.partition(".")[0], []).append(type)
    return list(found.items())


def _visible(actor: Actor) -> QuerySet[WebhookEndpoint]:
    return WebhookEndpoint.objects.visible_to(actor).filter(archived_at=None).select_related("user", "key")


def _tries(message: WebhookMessage) -> list[Try]:
    return [Try(one, try_in_words(one.status, one.answer)) for one in message.tries.all()]


def try_in_words(status: int | None, answer: str) -> str:
    """Return how a try went: from the status that came back, or from the error where none did."""
    if status is None:
        return _without_answer(answer)
    known = {
        401: _("It refuses us: check the secret there."),
        403: _("It refuses us: check the secret there."),
        404: _("There is nothing at this address."),
        410: _("It says that it is gone for good."),
        413: _("The message is too large for it."),
        429: _("It wants fewer messages at a time."),
    }
    ranges = {
        2: _("It took the message."),
        3: _("It points to another address, and that is not followed."),
        4: _("It does not take the message."),
    }
    return known.get(status) or ranges.get(status // 100) or _("Something broke on its side.")


def _without_answer(answer: str) -> str:
    error, _colon, detail = answer.partition(": ")
    if error == "Not sent":
        return _("Not sent: it was switched off, or its owner no longer sees what happened.")
    if error == "AddressRefused":
        return _("The address lies in a network that webhooks do not reach into.")
    if error.endswith("Timeout"):
        return _("It did not answer in time.")
    if "certificate" in detail.lower():
        return _("Its certificate cannot be trusted.")
    if error in ("ConnectError", "gaierror", "ConnectionRefusedError"):
        return _("It cannot be reached: no such name, or nothing listens there.")
    return _("The connection broke off.")
