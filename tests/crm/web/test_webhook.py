"""Webhooks as pages: set up with a secret shown once, paused, given a new secret, every message in plain words, sent again."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from crm.actions.api_key import revoke_api_key
from crm.actions.comment import add_comment
from crm.actions.task import create_task
from crm.actions.webhook import create_webhook_endpoint, switch_off_webhook_endpoint
from crm.actors import as_key
from crm.clock import now
from crm.events.relay import give_positions
from crm.models import ApiKey, User, WebhookAttempt, WebhookEndpoint, WebhookMessage, WebhookState
from crm.queries.webhook import try_in_words
from crm.rules.webhook import SILENT
from tests.api.caller import make_key
from tests.cast import Cast

pytestmark = pytest.mark.django_db
URL = "/webhooks/"
TYPED = {
    "url": "https://hooks.company.example/cg",
    "description": "Warehouse",
    "event_types": ["comment.added"],
    "once": "a",
}


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def client(cast: Cast) -> Client:
    return browser_of(cast.maya)


@pytest.fixture
def endpoint(cast: Cast) -> WebhookEndpoint:
    made, _secret = create_webhook_endpoint(actor=cast.rep, values={"url": TYPED["url"]})
    return made


def owed(cast: Cast) -> WebhookMessage:
    """Let something happen that the address is owed."""
    add_comment(actor=cast.rep, room_id=cast.deal.room_id, body="Looks right")
    give_positions(everywhere=True)
    return WebhookMessage.objects.filter(event__type="comment.added").latest("pk")


def secret_in(page: str) -> str:
    return page.split('<code id="secret">')[1].split("<")[0]


@pytest.mark.slow
def test_set_up_changed_rotated_and_ended(client: Client) -> None:
    assert "No webhooks yet" in client.get(URL).content.decode()
    assert "consent.given" in client.get(f"{URL}new/").content.decode()
    first = secret_in(client.post(f"{URL}new/", TYPED).content.decode())
    assert client.post(f"{URL}new/", TYPED).status_code == 302  # the page loaded again sets up no second one
    endpoint = WebhookEndpoint.objects.get()
    assert (endpoint.url, endpoint.event_types) == (TYPED["url"], ["comment.added"])
    own = f"{URL}{endpoint.pk}/"
    assert first not in client.get(own).content.decode()
    form = client.get(f"{own}change/").content.decode()
    assert re.findall(r'value="([a-z_.]+)"[^>]* checked', form) == ["comment.added"]
    client.post(f"{own}change/", TYPED | {"event_types": [], "version": "1"})
    rotated = client.post(f"{own}secret/", {"version": "2"})
    assert "no-store" in rotated["Cache-Control"]
    assert secret_in(rotated.content.decode()) != first
    assert "Two sign" in client.get(own).content.decode()
    assert client.post(f"{own}secret/", {"version": "2"}).status_code == 409
    client.post(f"{own}pause/", {"version": "3"})
    assert "Paused" in client.get(own).content.decode()
    client.post(f"{own}resume/", {"version": "4"})
    endpoint.refresh_from_db()
    assert (endpoint.event_types, endpoint.disabled_at) == ([], None)
    assert client.post(f"{own}forget/", {"version": "5"}).status_code == 404
    client.post(f"{own}end/", {"version": "5"})
    assert client.get(own).status_code == 404
    assert "No webhooks yet" in client.get(URL).content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"url": ""}, "Write something here."),
        ({"url": "http://hooks.company.example/"}, "Give a whole https address"),
        ({"url": "https://10.0.0.1/"}, "lies in a network"),
        ({"event_types": ["comment.eaten"]}, "comment.eaten"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(client: Client, typed: dict, said: str) -> None:
    answer = client.post(f"{URL}new/", TYPED | typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert 'value="Warehouse"' in page
    assert not WebhookEndpoint.objects.exists()


def test_a_change_made_in_another_window_is_said_and_can_be_saved_over(
    client: Client, endpoint: WebhookEndpoint
) -> None:
    url = f"{URL}{endpoint.pk}/change/"
    client.post(url, TYPED | {"version": "1"})
    answer = client.post(url, TYPED | {"description": "Ours", "version": "1"})
    assert answer.status_code == 422
    assert 'name="version" value="2"' in answer.content.decode()
    client.post(url, TYPED | {"description": "Ours", "version": "2"})
    endpoint.refresh_from_db()
    assert endpoint.description == "Ours"


def test_messages_say_how_they_went_and_are_sent_again(cast: Cast, client: Client, endpoint: WebhookEndpoint) -> None:
    message = owed(cast)
    WebhookAttempt.objects.create(message=message, at=now(), status=503, milliseconds=1250, answer="busy")
    WebhookMessage.objects.update(state=WebhookState.FAILED)
    own = f"{URL}{endpoint.pk}/"
    page = client.get(f"{own}?state=failed").content.decode()
    assert "comment.added" in page
    assert "Something broke on its side." in page
    assert "1.25" in page
    assert "There is none like that." in client.get(f"{own}?state=delivered").content.decode()
    page = client.get(f"/webhook-messages/{message.pk}/").content.decode()
    assert str(message.event_id) in page
    assert "Looks right" not in page
    assert "busy" in page
    client.post(f"/webhook-messages/{message.pk}/replay/")
    message.refresh_from_db()
    assert message.state == WebhookState.WAITING
    answer = client.post(f"{own}replay/", {"since": (now() - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")})
    assert answer.status_code == 302
    assert "on their way" in client.get(own).content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Choose when it begins."),
        ({"since": "yesterday"}, "There is no such moment."),
        ({"since": "2026-04-14T10:00", "until": "2026-04-14T09:00"}, "It ends before it begins."),
    ],
)
def test_a_stretch_of_time_that_is_none(client: Client, endpoint: WebhookEndpoint, typed: dict, said: str) -> None:
    answer = client.post(f"{URL}{endpoint.pk}/replay/", typed)
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_why_it_is_off_is_said(cast: Cast, client: Client, endpoint: WebhookEndpoint) -> None:
    own = f"{URL}{endpoint.pk}/"
    switch_off_webhook_endpoint(endpoint_id=endpoint.pk, reason=SILENT)
    page = client.get(own).content.decode()
    assert "For three days nothing arrived" in page
    assert "Send a stretch of time again" not in page
    assert "Switched off" in client.get(URL).content.decode()
    WebhookEndpoint.objects.update(disabled_reason="410 Gone")
    assert "gone for good" in client.get(own).content.decode()
    make_key(cast.maya)
    key = ApiKey.objects.select_related("user__team").get()
    made, _secret = create_webhook_endpoint(actor=as_key(key), values={"url": TYPED["url"]})
    revoke_api_key(actor=cast.rep, key_id=key.pk)
    assert "The key that gave this address has ended" in client.get(f"{URL}{made.pk}/").content.decode()


def test_everybody_has_their_own(cast: Cast, endpoint: WebhookEndpoint) -> None:
    create_task(actor=cast.rep, values={"title": "Only mine"})
    owed(cast)
    task = WebhookMessage.objects.get(event__type="task.created")
    stranger, admin = browser_of(cast.stranger), browser_of(cast.admin)
    for path in (f"{URL}{endpoint.pk}/", f"/webhook-messages/{task.pk}/"):
        assert stranger.get(path).status_code == 404
        assert admin.get(path).status_code == 200
    assert "is not yours to see" in admin.get(f"/webhook-messages/{task.pk}/").content.decode()
    assert stranger.post(f"/webhook-messages/{task.pk}/replay/").status_code == 404


@pytest.mark.parametrize(
    ("status", "answer", "words"),
    [
        (204, "", "It took the message."),
        (301, "", "points to another address"),
        (410, "", "gone for good"),
        (418, "", "does not take"),
        (500, "", "broke on its side"),
        (None, "ReadTimeout: The read operation timed out", "in time"),
        (None, "ConnectError: [Errno 111] Connection refused", "cannot be reached"),
        (None, "ConnectError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed", "certificate"),
        (None, "AddressRefused: x lies in a network", "do not reach into"),
        (None, "Not sent: the endpoint is off", "switched off"),
        (None, "RemoteProtocolError: x", "broke off"),
    ],
)
def test_every_try_in_plain_words(status: int | None, answer: str, words: str) -> None:
    assert words in try_in_words(status, answer)
