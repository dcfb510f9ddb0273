"""Webhooks to a real server on the loopback: signed, at least once, in the sight of their owner, never inwards unless allowed."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from standardwebhooks import Webhook, WebhookVerificationError

from crm.actions.api_key import revoke_api_key
from crm.actions.comment import add_comment
from crm.actions.data_request import request_data
from crm.actions.user import deactivate_user
from crm.actions.webhook import (
    archive_webhook_endpoint,
    change_webhook_endpoint,
    create_webhook_endpoint,
    replay_message,
    replay_messages,
    rotate_webhook_secret,
)
from crm.actors import Actor, as_key, as_participant, as_user
from crm.clock import frozen, now
from crm.errors import Invalid, NotAllowed, NotFound, Refused
from crm.events import webhook
from crm.events.deliver import deliver_owed
from crm.events.relay import give_positions
from crm.events.webhook import send_owed
from crm.models import ApiKey, Notification, User, WebhookAttempt, WebhookEndpoint, WebhookMessage, WebhookState
from crm.queries.notification import link_of
from crm.tasks import send_webhooks
from tests.api.caller import make_key
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Receiver:
    """What another system received. `answers` are given one after the other; the last one stays."""

    url: str = ""
    answers: list[int] = field(default_factory=lambda: [200])
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _headers, body in self.requests]


@pytest.fixture
def receiver(settings) -> Iterator[Receiver]:
    settings.WEBHOOKS_REACH_PRIVATE = True
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            kept.requests.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            status = kept.answers.pop(0) if len(kept.answers) > 1 else kept.answers[0]
            self.send_response(status)
            if status in (301, 302, 307):
                self.send_header("Location", f"{kept.url}elsewhere")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.url = f"http://127.0.0.1:{server.server_port}/hook/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield kept
    server.shutdown()
    server.server_close()


@pytest.fixture
def cast() -> Cast:
    cast = Cast()
    assert cast.deal
    settle()
    return cast


def settle() -> None:
    while give_positions(everywhere=True):
        pass


def listen(cast: Cast, receiver: Receiver, *types: str, actor: Any = None) -> tuple[WebhookEndpoint, str]:
    values = {"url": receiver.url, "event_types": list(types)}
    made = create_webhook_endpoint(actor=actor or cast.rep, values=values)
    settle()
    send_owed()
    receiver.requests.clear()
    return made


def happen(cast: Cast, body: str = "Looks right", **fields: Any) -> None:
    add_comment(actor=fields.pop("actor", cast.rep), room_id=cast.deal.room_id, body=body, **fields)
    settle()


def test_signed_thin_and_once(cast: Cast, receiver: Receiver) -> None:
    endpoint, secret = listen(cast, receiver)
    happen(cast, "These words stay here.")
    assert send_owed() == 1
    assert send_owed() == 0
    ((headers, body),) = receiver.requests
    told = Webhook(secret).verify(body, headers)
    message = WebhookMessage.objects.get(event__type="comment.added")
    assert told["type"] == "comment.added"
    assert told["data"]["event"] == str(message.event_id)
    assert told["data"]["position"] == message.event.feed.position
    assert headers["webhook-id"] == str(message.pk)
    assert b"These words" not in body
    assert message.state == WebhookState.DELIVERED
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body + b" ", headers)
    assert endpoint.messages.count() >= 1


def test_tried_again_under_the_same_id(cast: Cast, receiver: Receiver) -> None:
    listen(cast, receiver)
    receiver.answers = [500, 503, 200]
    happen(cast)
    at = now()
    send_owed()
    assert send_owed() == 0
    with frozen(at + timedelta(seconds=10)):
        send_owed()
    with frozen(at + timedelta(minutes=10)):
        send_owed()
    ids = {headers["webhook-id"] for headers, _body in receiver.requests}
    assert len(receiver.requests) == 3
    assert len(ids) == 1
    assert [one.status for one in WebhookAttempt.objects.filter(message=UUID(ids.pop()))] == [500, 503, 200]


@pytest.mark.slow
def test_given_up_after_three_days(cast: Cast, receiver: Receiver) -> None:
    listen(cast, receiver)
    receiver.answers = [500]
    happen(cast)
    at = now()
    for hours in range(24 * 5):
        with frozen(at + timedelta(hours=hours)):
            send_owed()
    message = WebhookMessage.objects.get(event__type="comment.added")
    assert (message.state, message.attempts, len(receiver.requests)) == (WebhookState.FAILED, 10, 10)


def test_nobody_listening_is_tried_again(cast: Cast, receiver: Receiver) -> None:
    listen(cast, receiver)
    WebhookEndpoint.objects.update(url="http://127.0.0.1:9/")
    happen(cast)
    send_owed()
    attempt = WebhookAttempt.objects.order_by("-at").first()
    assert attempt.status is None
    assert "ConnectError" in attempt.answer


def test_gone_switches_it_off(cast: Cast, receiver: Receiver) -> None:
    listen(cast, receiver)
    receiver.answers = [410]
    happen(cast)
    send_owed()
    happen(cast)
    send_owed()
    assert len(receiver.requests) == 1
    assert WebhookEndpoint.objects.get().disabled_reason == "410 Gone"


@pytest.mark.slow
def test_three_days_of_nothing_switch_it_off_and_its_owner_hears_of_it(cast: Cast, receiver: Receiver) -> None:
    endpoint, _secret = listen(cast, receiver)
    receiver.answers = [200, 500]
    happen(cast)
    send_owed()
    happen(cast)
    last_try(days=2)
    endpoint.refresh_from_db()
    assert endpoint.disabled_at is None  # something arrived the day before yesterday
    last_try(days=4)
    endpoint.refresh_from_db()
    assert endpoint.disabled_reason == "Nothing arrived for three days"
    with frozen(now() + timedelta(days=5)):
        deliver_owed()
    told = Notification.objects.get(kind="webhooks")
    assert told.user == cast.maya
    assert link_of(cast.rep, told) == f"/webhooks/{endpoint.pk}/"
    replay_message(actor=cast.rep, message_id=WebhookMessage.objects.latest("pk").pk)
    last_try(days=4)
    assert Notification.objects.filter(kind="webhooks").count() == 1


def last_try(*, days: int) -> None:
    """Try what waits a tenth time."""
    WebhookMessage.objects.exclude(state=WebhookState.DELIVERED).update(state=WebhookState.WAITING, attempts=9)
    with frozen(now() + timedelta(days=days)):
        send_owed()


def test_redirects_are_not_followed(cast: Cast, receiver: Receiver) -> None:
    listen(cast, receiver)
    receiver.answers = [302]
    happen(cast)
    send_owed()
    assert len(receiver.requests) == 1
    assert WebhookMessage.objects.get(event__type="comment.added").state == WebhookState.WAITING


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0"])
def test_private_networks_are_refused_when_it_is_sent(cast: Cast, receiver: Receiver, settings, host: str) -> None:
    listen(cast, receiver)
    WebhookEndpoint.objects.update(url=receiver.url.replace("127.0.0.1", host))
    settings.WEBHOOKS_REACH_PRIVATE = False
    happen(cast)
    send_owed()
    assert receiver.requests == []
    assert "AddressRefused" in WebhookAttempt.objects.order_by("-at").first().answer


class TestSight:
    def test_only_what_the_owner_sees(self, cast: Cast, receiver: Receiver) -> None:
        listen(cast, receiver, actor=as_user(cast.stranger))
        happen(cast)
        send_owed()
        assert receiver.requests == []

    def test_what_the_other_side_keeps_to_itself_is_not_told(self, cast: Cast, receiver: Receiver) -> None:
        listen(cast, receiver)
        happen(cast, actor=cast.buyer, private=True)
        happen(cast, private=True)
        send_owed()
        assert [body["type"] for body in receiver.bodies()].count("comment.added") == 1

    def test_sight_lost_before_it_is_sent(self, cast: Cast, receiver: Receiver) -> None:
        listen(cast, receiver, actor=as_user(cast.colleague))
        happen(cast)
        deactivate_user(actor=as_user(cast.admin), user_id=cast.colleague.pk, version=cast.colleague.version)
        send_owed()
        assert receiver.requests == []
        assert WebhookMessage.objects.filter(state=WebhookState.WAITING).count() == 0

    def test_chosen_types_only(self, cast: Cast, receiver: Receiver) -> None:
        listen(cast, receiver, "deal.won")
        happen(cast)
        assert send_owed() == 0


class TestSecrets:
    def test_two_secrets_sign_for_a_day(self, cast: Cast, receiver: Receiver) -> None:
        endpoint, old = listen(cast, receiver)
        _endpoint, new = rotate_webhook_secret(actor=cast.rep, endpoint_id=endpoint.pk, version=1)
        happen(cast)
        send_owed()
        headers, body = receiver.requests[-1]
        for secret in (old, new):
            Webhook(secret).verify(body, headers)
        WebhookEndpoint.objects.update(previous_until=now() - timedelta(seconds=1))
        happen(cast)
        send_owed()
        headers, body = receiver.requests[-1]
        Webhook(new).verify(body, headers)
        with pytest.raises(WebhookVerificationError):
            Webhook(old).verify(body, headers)

    def test_the_database_holds_no_usable_secret(self, cast: Cast, receiver: Receiver) -> None:
        endpoint, secret = listen(cast, receiver)
        rotate_webhook_secret(actor=cast.rep, endpoint_id=endpoint.pk, version=1)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT encode(secret, 'escape') || encode(previous_secret, 'escape') FROM crm_webhookendpoint"
            )
            kept = cursor.fetchone()[0]
        assert secret.removeprefix("whsec_") not in kept


class TestReplay:
    def test_one_message_under_its_id(self, cast: Cast, receiver: Receiver) -> None:
        listen(cast, receiver)
        happen(cast)
        send_owed()
        message = WebhookMessage.objects.get(event__type="comment.added")
        replay_message(actor=cast.rep, message_id=message.pk)
        send_owed()
        assert len({headers["webhook-id"] for headers, _body in receiver.requests}) == 1
        assert len(receiver.requests) == 2
        with pytest.raises(NotFound):
            replay_message(actor=as_user(cast.stranger), message_id=message.pk)

    def test_a_stretch_of_time_with_what_was_never_owed(self, cast: Cast, receiver: Receiver) -> None:
        start = now()
        happen(cast, "Before anybody listened")
        endpoint, _secret = listen(cast, receiver, "comment.added")
        assert replay_messages(actor=cast.rep, endpoint_id=endpoint.pk, since=start) == 1
        send_owed()
        assert [body["type"] for body in receiver.bodies()] == ["comment.added"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("url", ""), ("url", "ftp://hooks.company.example/"), ("url", "hooks"), ("url", "https://"),
        ("url", "https://user:word@hooks.company.example/"), ("url", "https://hooks.company.example/#x"),
        ("url", "https://hooks.company.example/" + "x" * 2000), ("url", "https://a\x00b.example/"),
        ("url", "https://hooks.company.example/ü"), ("url", "https://häuser.example/"),
        ("url", "https://localhost/cg"), ("url", "https://127.0.0.1/"), ("url", "https://10.0.0.1:8443/"), ("url", "https://[::1]/"),
        ("event_types", ["nothing.known"]), ("event_types", "deal.won"), ("description", "x" * 201), ("color", "red"),
    ],
)  # fmt: skip
def test_bad_input_is_told_at_its_field(cast: Cast, field: str, value: Any) -> None:
    values = {"url": "https://hooks.company.example/cg", field: value}
    with pytest.raises(Invalid) as refused:
        create_webhook_endpoint(actor=cast.rep, values=values)
    assert field in {fault.field for fault in refused.value.faults}


def test_plain_http_only_where_it_is_allowed(cast: Cast) -> None:
    with pytest.raises(Invalid):
        create_webhook_endpoint(actor=cast.rep, values={"url": "http://hooks.company.example/"})


def test_who_sets_them_up(cast: Cast, receiver: Receiver) -> None:
    endpoint, _secret = listen(cast, receiver)
    with pytest.raises(NotAllowed):
        create_webhook_endpoint(actor=cast.buyer, values={"url": "https://hooks.company.example/cg"})
    for act in (change_webhook_endpoint, archive_webhook_endpoint, rotate_webhook_secret):
        more = {"values": {"description": "x"}} if act is change_webhook_endpoint else {}
        with pytest.raises(NotFound):
            act(actor=as_user(cast.colleague), endpoint_id=endpoint.pk, version=1, **more)
    change_webhook_endpoint(actor=as_user(cast.admin), endpoint_id=endpoint.pk, version=1, values={"disabled": True})
    happen(cast)
    assert send_owed() == 0
    archive_webhook_endpoint(actor=cast.rep, endpoint_id=endpoint.pk, version=2)


def test_twenty_are_the_most(cast: Cast) -> None:
    for number in range(20):
        create_webhook_endpoint(actor=cast.rep, values={"url": f"https://hooks.company.example/{number}"})
    with pytest.raises(Refused):
        create_webhook_endpoint(actor=cast.rep, values={"url": "https://hooks.company.example/20"})


def test_a_killed_sender_loses_nothing(cast: Cast, receiver: Receiver) -> None:
    listen(cast, receiver)
    happen(cast)
    WebhookMessage.objects.filter(event__type="comment.added").update(
        run_after=now() + timedelta(minutes=2), attempts=1
    )
    assert send_owed() == 0
    with frozen(now() + timedelta(minutes=3)):
        assert send_owed() == 1
    assert len(receiver.requests) == 1


def test_what_cannot_be_sent_holds_up_nothing(cast: Cast, receiver: Receiver) -> None:
    broken, _secret = listen(cast, receiver)
    WebhookEndpoint.objects.filter(pk=broken.pk).update(secret=b"sealed by a key that is gone")
    listen(cast, receiver)
    happen(cast)
    assert send_owed() == 2
    assert len(receiver.requests) == 1
    failed = WebhookMessage.objects.get(endpoint=broken, event__type="comment.added")
    assert (failed.state, failed.attempts) == (WebhookState.WAITING, 1)
    assert "Not sent" in failed.tries.get().answer


@pytest.mark.slow
def test_a_whole_try_has_an_end(cast: Cast, settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.WEBHOOKS_REACH_PRIVATE = True
    monkeypatch.setattr(webhook, "LONGEST_TRY", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=[server], daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        create_webhook_endpoint(actor=cast.rep, values={"url": url, "event_types": ["comment.added"]})
        happen(cast)
        assert send_owed() == 1
        thread.join(10)
    attempt = WebhookAttempt.objects.get()
    assert attempt.status is None
    assert attempt.milliseconds < 5000
    assert attempt.answer.startswith("ReadTimeout")


def drip(server: socket.socket) -> None:
    """Answer a byte at a time, never late for the next one and never done, until the other side has had enough."""
    connection, _address = server.accept()
    with connection:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        try:
            for _number in range(200):
                connection.sendall(b"x")
                time.sleep(0.05)
        except OSError:
            return


@pytest.mark.slow
def test_an_address_that_is_silent_waits_behind_the_others(cast: Cast, receiver: Receiver) -> None:
    silent, _secret = listen(cast, receiver)
    WebhookEndpoint.objects.filter(pk=silent.pk).update(url="http://127.0.0.1:1/")
    for number in range(3):
        happen(cast, f"Number {number}")
    listen(cast, receiver)
    happen(cast)
    send_owed()
    assert WebhookAttempt.objects.filter(message__endpoint=silent, status=None).count() == 1 + 1, "once for each time"
    assert [body["type"] for body in receiver.bodies()] == ["comment.added"]


def test_one_sender_at_a_time(cast: Cast, receiver: Receiver, empty_redis: None, monkeypatch) -> None:
    sent: list[int] = []

    def send() -> int:
        sent.append(send_webhooks())  # while another one sends
        return 1

    monkeypatch.setattr(webhook, "send_owed", send)
    assert send_webhooks() == 1
    assert sent == [0]
    assert send_webhooks() == 1, "and the place is free again"


class TestKeys:
    """What was set up with a key is told what the key may read."""

    def key(self, user: User, *scopes: str) -> Actor:
        make_key(user, *scopes)
        return as_key(ApiKey.objects.select_related("user").latest("created_at"))

    def told(self, receiver: Receiver) -> set[str]:
        settle()
        send_owed()
        return {body["type"] for body in receiver.bodies()}

    def test_a_key_that_reads_no_events_has_nobody_told(self, cast: Cast, receiver: Receiver) -> None:
        endpoint, _secret = listen(cast, receiver)
        weak = self.key(cast.maya, "webhooks:write")
        with pytest.raises(NotAllowed):
            listen(cast, receiver, actor=weak)
        with pytest.raises(NotAllowed):
            change_webhook_endpoint(
                actor=weak, endpoint_id=endpoint.pk, version=1, values={"url": "https://else.example/"}
            )

    def test_what_is_for_administrators_needs_the_scope_for_it(self, cast: Cast, receiver: Receiver) -> None:
        listen(cast, receiver, actor=self.key(cast.admin, "webhooks:write", "events:read"))
        request_data(actor=cast.buyer, kind="erasure")
        assert "data_request.made" not in self.told(receiver)
        listen(cast, receiver, actor=self.key(cast.admin, "webhooks:write", "events:read", "admin"))
        request_data(actor=as_participant(cast.daniel), kind="erasure")
        assert "data_request.made" in self.told(receiver)

    def test_it_ends_with_the_key(self, cast: Cast, receiver: Receiver) -> None:
        key = self.key(cast.maya, "webhooks:write", "events:read")
        listen(cast, receiver, actor=key)
        revoke_api_key(actor=cast.rep, key_id=key.key.pk)
        happen(cast)
        assert self.told(receiver) == set()
