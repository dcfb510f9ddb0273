"""Telling other systems what happened: Standard Webhooks 1.0, at least once, each message under the same id at every try.

The relay writes what is owed in the same transaction that gives an event its place in the feed; sending is a job. A message
is claimed by putting its next try off, so that no row stays locked while another system takes its time.
"""

import socket
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, timedelta
from typing import Any
from uuid import UUID

import httpcore
import orjson
import structlog
from django.conf import settings
from django.db import transaction
from standardwebhooks import Webhook

from crm.actors import as_user
from crm.clock import now
from crm.models import Event, WebhookAttempt, WebhookEndpoint, WebhookMessage, WebhookState
from crm.rules.webhook import is_public, pause_after
from crm.secrets import unseal

log = structlog.get_logger(__name__)

CLAIM = timedelta(minutes=2)
"""How long a message belongs to whoever claimed it; then somebody else tries it, since the claimer has died."""
PATIENCE = {"connect": 5.0, "read": 10.0, "write": 10.0, "pool": 5.0}
ANSWER_KEPT = 500
LONGEST_ANSWER = 64 * 1024
"""Bytes that are read of an answer; the rest does not matter."""


class AddressRefused(Exception):
    """The address lies in a network that webhooks do not reach into."""


def owe_webhooks(event_ids: Sequence[UUID]) -> None:
    """Write down who is owed these events: endpoints that want the type, where the owner may see the event now."""
    endpoints = list(WebhookEndpoint.objects.listening().select_related("user__team")) if event_ids else []
    at = now()
    for endpoint in endpoints:
        seen = Event.objects.filter(pk__in=event_ids).visible_to(as_user(endpoint.user))
        if endpoint.event_types:
            seen = seen.filter(type__in=endpoint.event_types)
        owed = [
            WebhookMessage(endpoint=endpoint, event_id=pk, run_after=at, created_at=at)
            for pk in seen.order_by("pk").values_list("pk", flat=True)
        ]
        WebhookMessage.objects.bulk_create(owed, ignore_conflicts=True)


def send_owed(*, seconds: float = 60, limit: int = 500) -> int:
    """Send what is due, oldest first, for about `seconds`; return how many were tried."""
    end = time.monotonic() + seconds
    tried = 0
    while tried < limit and time.monotonic() < end and (message := _claim()):
        _try(message)
        tried += 1
    return tried


@transaction.atomic
def _claim() -> WebhookMessage | None:
    due = WebhookMessage.objects.filter(state=WebhookState.WAITING, run_after__lte=now()).order_by("run_after", "pk")
    message = due.select_for_update(of=("self",), no_key=True, skip_locked=True).first()
    if message is None:
        return None
    message.run_after, message.attempts = now() + CLAIM, message.attempts + 1
    message.save(update_fields=["run_after", "attempts"])
    related = WebhookMessage.objects.select_related("endpoint__user__team", "event__feed")
    return related.get(pk=message.pk)


def _try(message: WebhookMessage) -> None:
    endpoint = message.endpoint
    is_listening = WebhookEndpoint.objects.listening().filter(pk=endpoint.pk).exists()
    may_see = Event.objects.filter(pk=message.event_id).visible_to(as_user(endpoint.user)).exists()
    if not is_listening or not may_see:
        _note(message, None, 0, "Not sent: the endpoint is off, or its owner no longer sees this.", state="failed")
        return
    start = time.monotonic()
    try:
        status, answer = _post(endpoint, message)
    except (AddressRefused, httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError) as error:
        status, answer = None, f"{type(error).__name__}: {error}"
    _note(message, status, int((time.monotonic() - start) * 1000), answer)


@transaction.atomic
def _note(message: WebhookMessage, status: int | None, milliseconds: int, answer: str, state: str = "") -> None:
    """Keep what came of a try: done, tried again later, given up, or (410) the endpoint switched off."""
    at = now()
    words = "".join(sign for sign in answer if sign.isprintable())[:ANSWER_KEPT]
    WebhookAttempt.objects.create(message=message, at=at, status=status, milliseconds=milliseconds, answer=words)
    pause = pause_after(message.attempts)
    if status is not None and 200 <= status < 300:
        message.state, message.done_at = WebhookState.DELIVERED, at
    elif state or status == 410 or pause is None:
        message.state, message.done_at = WebhookState.FAILED, at
    else:
        message.run_after = at + pause
    message.save(update_fields=["state", "done_at", "run_after"])
    if status == 410:
        gone = WebhookEndpoint.objects.filter(pk=message.endpoint_id, disabled_at=None)
        gone.update(disabled_at=at, disabled_reason="410 Gone", updated_at=at)
        log.warning("webhook_endpoint_gone", endpoint=str(message.endpoint_id))


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


def signatures(endpoint: WebhookEndpoint, id: str, timestamp: Any, body: str) -> str:
    """Return the `webhook-signature` header: one signature for each secret that is valid now."""
    secrets = [endpoint.secret]
    if endpoint.previous_secret and endpoint.previous_until and endpoint.previous_until > now():
        secrets.append(endpoint.previous_secret)
    return " ".join(Webhook(unseal(bytes(secret))).sign(id, timestamp, body) for secret in secrets)


def _post(endpoint: WebhookEndpoint, message: WebhookMessage) -> tuple[int, str]:
    """Send one message; redirects are not followed. Returns the status and the beginning of the answer."""
    body, at, id = orjson.dumps(payload_of(message.event)).decode(), now().astimezone(UTC), str(message.pk)
    headers: dict[bytes | str, bytes | str] = {
        "Content-Type": "application/json",
        "User-Agent": "CommonGround-Webhooks/1",
        "webhook-id": id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signatures(endpoint, id, at, body),
    }
    url = httpcore.URL(endpoint.url)
    headers["Host"] = url.host.decode() + (f":{url.port}" if url.port else "")
    with (
        httpcore.ConnectionPool(network_backend=_GuardedNetwork(), max_connections=1) as pool,
        pool.stream("POST", url, headers=headers, content=body.encode(), extensions={"timeout": PATIENCE}) as response,
    ):
        return response.status, _beginning(response.iter_stream()).decode("utf-8", "replace")


def _beginning(parts: Iterable[bytes]) -> bytes:
    found = b""
    for part in parts:
        found += part
        if len(found) >= LONGEST_ANSWER:
            break
    return found[: ANSWER_KEPT * 4]


class _GuardedNetwork(httpcore.NetworkBackend):
    """Resolves a name once, refuses addresses that are not public, and connects to exactly the address it looked at."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        """Connect, or raise `AddressRefused`."""
        found = {entry[4][0] for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
        if not settings.WEBHOOKS_REACH_PRIVATE and not all(is_public(str(one)) for one in found):
            raise AddressRefused(f"{host} lies in a network that webhooks do not reach into.")
        return httpcore.SyncBackend().connect_tcp(
            str(sorted(found, key=str)[0]), port, timeout, local_address, socket_options
        )
