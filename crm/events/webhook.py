"""Telling other systems what happened: Standard Webhooks 1.0, at least once, each message under the same id at every try.

The relay writes what is owed in the same transaction that gives an event its place in the feed; sending is a job. A message
is claimed by putting its next try off, so that no row stays locked while another system takes its time.
"""

import socket
import ssl
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpcore
import orjson
import structlog
from django.conf import settings
from django.db import transaction
from standardwebhooks import Webhook

from crm.actions.webhook import switch_off_webhook_endpoint
from crm.actors import Actor, as_key, as_user
from crm.clock import now
from crm.models import Event, WebhookAttempt, WebhookEndpoint, WebhookMessage, WebhookState
from crm.queries.webhook import payload_of
from crm.rules.webhook import GONE, LONG_ENOUGH, SILENT, is_public, pause_after
from crm.secrets import unseal

log = structlog.get_logger(__name__)

CLAIM = timedelta(minutes=2)
"""How long a message belongs to whoever claimed it; then somebody else tries it, since the claimer has died."""
PATIENCE = {"connect": 5.0, "read": 10.0, "write": 10.0, "pool": 5.0}
"""Seconds for one step of a try. All steps together have LONGEST_TRY, or an answer that drips would hold the job for days."""
LONGEST_TRY = 20.0
ANSWER_KEPT = 500
LONGEST_ANSWER = 64 * 1024
"""Bytes that are read of an answer; the rest does not matter."""


class AddressRefused(Exception):
    """The address lies in a network that webhooks do not reach into."""


def owe_webhooks(event_ids: Sequence[UUID]) -> None:
    """Write down who is owed these events: endpoints that want the type, where the owner may see the event now."""
    listening = WebhookEndpoint.objects.listening().select_related("user__team", "key__user__team")
    at = now()
    for endpoint in listening if event_ids else ():
        seen = Event.objects.filter(pk__in=event_ids).visible_to(_reader(endpoint))
        if endpoint.event_types:
            seen = seen.filter(type__in=endpoint.event_types)
        owed = [
            WebhookMessage(endpoint=endpoint, event_id=pk, run_after=at, created_at=at)
            for pk in seen.order_by("pk").values_list("pk", flat=True)
        ]
        WebhookMessage.objects.bulk_create(owed, ignore_conflicts=True)


def _reader(endpoint: WebhookEndpoint) -> Actor:
    """Return who reads what this address is told: the key that gave it, or its owner."""
    return as_key(endpoint.key) if endpoint.key else as_user(endpoint.user)


def send_owed(*, seconds: float = 60, limit: int = 500) -> int:
    """Send what is due, oldest first, for about `seconds`; return how many were tried.

    An address that did not answer is left alone until the next time, so that it holds up no other.
    """
    end = time.monotonic() + seconds
    silent: set[UUID] = set()
    tried = 0
    while tried < limit and time.monotonic() < end and (message := _claim(silent)):
        if not _try(message):
            silent.add(message.endpoint_id)
        tried += 1
    return tried


@transaction.atomic
def _claim(silent: set[UUID]) -> WebhookMessage | None:
    waiting = WebhookMessage.objects.filter(state=WebhookState.WAITING, run_after__lte=now())
    due = waiting.exclude(endpoint__in=silent).order_by("run_after", "pk")
    message = due.select_for_update(of=("self",), no_key=True, skip_locked=True).first()
    if message is None:
        return None
    message.run_after, message.attempts = now() + CLAIM, message.attempts + 1
    message.save(update_fields=["run_after", "attempts"])
    related = WebhookMessage.objects.select_related("endpoint__user__team", "endpoint__key__user__team", "event__feed")
    return related.get(pk=message.pk)


def _try(message: WebhookMessage) -> bool:
    """Send a message and keep what came of it, whatever that is. Says whether an answer came, or none was needed."""
    endpoint = message.endpoint
    is_listening = WebhookEndpoint.objects.listening().filter(pk=endpoint.pk).exists()
    may_see = Event.objects.filter(pk=message.event_id).visible_to(_reader(endpoint)).exists()
    if not is_listening or not may_see:
        _note(message, None, 0, "Not sent: the endpoint is off, or its owner no longer sees this.", state="failed")
        return True
    start = time.monotonic()
    try:
        status, answer = _post(endpoint, message)
    except (AddressRefused, httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError) as error:
        status, answer = None, f"{type(error).__name__}: {error}"
    except Exception as error:  # a message that cannot be sent must not stop those behind it
        log.exception("webhook_not_sendable", message=str(message.pk))
        status, answer = None, f"Not sent: {type(error).__name__}"
    _note(message, status, int((time.monotonic() - start) * 1000), answer)
    return status is not None


@transaction.atomic
def _note(message: WebhookMessage, status: int | None, milliseconds: int, answer: str, state: str = "") -> None:
    """Keep what came of a try: done, tried again later, or given up; then the address may be switched off, too."""
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
    if status == 410:
        switch_off_webhook_endpoint(endpoint_id=message.endpoint_id, reason=GONE)
    elif pause is None and message.state == WebhookState.FAILED and not state and not _answers(message, at):
        switch_off_webhook_endpoint(endpoint_id=message.endpoint_id, reason=SILENT)
    message.save(
        update_fields=["state", "done_at", "run_after"]
    )  # after the endpoint's lock, as sending again takes them


def _answers(message: WebhookMessage, at: datetime) -> bool:
    """Whether anything arrived at the message's address since its own tries began."""
    tries = WebhookAttempt.objects.filter(message__endpoint=message.endpoint_id, status__range=(200, 299))
    return tries.filter(at__gt=at - LONG_ENOUGH).exists()


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
        httpcore.ConnectionPool(
            network_backend=_GuardedNetwork(time.monotonic() + LONGEST_TRY), max_connections=1
        ) as pool,
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
    """Resolves a name once, refuses addresses that are not public, connects to exactly the address it looked at, until `end`."""

    def __init__(self, end: float) -> None:
        self._end = end

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
        stream = httpcore.SyncBackend().connect_tcp(
            str(sorted(found, key=str)[0]), port, timeout, local_address, socket_options
        )
        return _EndingStream(stream, self._end)


class _EndingStream(httpcore.NetworkStream):
    """A connection on which every step has its patience, and all of them end at `end` (of the monotonic clock)."""

    def __init__(self, stream: httpcore.NetworkStream, end: float) -> None:
        self._stream, self._end = stream, end

    def _left(self, timeout: float | None) -> float:
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout(f"No whole answer within {LONGEST_TRY:.0f} seconds")
        return left if timeout is None else min(timeout, left)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what is there."""
        return self._stream.read(max_bytes, self._left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of it."""
        self._stream.write(buffer, self._left(timeout))

    def close(self) -> None:
        """Close."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Go on encrypted."""
        return _EndingStream(self._stream.start_tls(ssl_context, server_hostname, self._left(timeout)), self._end)

    def get_extra_info(self, info: str) -> Any:
        """Tell about the connection."""
        return self._stream.get_extra_info(info)
