"""Passkeys of buyers: signed challenges by a device made of software, and everything that is not one."""

import json
from datetime import timedelta
from typing import Any

import pytest
from fido2.utils import websafe_encode

from crm.actions.contact import change_contact
from crm.actions.participant import revoke_participant
from crm.actions.passkey import add_passkey, begin_adding, begin_entering, enter_with_passkey, remove_passkey
from crm.actions.sign_in import Browser
from crm.actors import Actor, as_participant
from crm.clock import frozen, now
from crm.errors import Invalid, NotAllowed, NotFound, Refused
from crm.models import Event, Passkey, PasskeyChallenge, RoomSession
from crm.queries.sign_in import access_log
from tests.cast import Cast
from tests.crm.actions.authenticator import ORIGIN, Authenticator

pytestmark = pytest.mark.django_db
HERE = Browser("this browser", "127.0.0.1", "Test browser")
ELSEWHERE = Browser("another browser", "127.0.0.2", "Another browser")


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    settings.SITE_URL = ORIGIN


@pytest.fixture
def device() -> Authenticator:
    return Authenticator()


def ingrid(cast: Cast, proved: timedelta = timedelta()) -> Actor:
    return as_participant(cast.ingrid, fresh_at=now() - proved)


def add(cast: Cast, device: Authenticator, name: str = "My phone") -> Passkey:
    options = begin_adding(actor=ingrid(cast), browser=HERE)
    return add_passkey(actor=ingrid(cast), browser=HERE, response=device.make(options), name=name)


def enter(device: Authenticator, browser: Browser = HERE, **options: Any) -> tuple[RoomSession, str]:
    signed = device.sign(begin_entering(browser=browser))
    return enter_with_passkey(browser=browser, response=signed, **options)


def test_a_device_lets_its_person_in(cast: Cast, device: Authenticator) -> None:
    add(cast, device)
    session, _token = enter(device)
    assert (session.contact, session.method) == (cast.ingrid.contact, RoomSession.Method.PASSKEY)
    assert Event.objects.get(type="participant.signed_in").data["method"] == "passkey"
    assert access_log(cast.rep, cast.deal.room_id)[0].by_passkey
    assert Passkey.objects.get().last_used_at is not None


def test_the_same_persons_session_goes_on_and_is_fresh(cast: Cast, device: Authenticator) -> None:
    add(cast, device)
    first, token = enter(device)
    with frozen(now() + timedelta(hours=1)):
        second, _token = enter(device, old_session=token)
    assert second.pk == first.pk
    assert second.fresh_at > first.created_at
    assert RoomSession.objects.count() == 1


def test_a_challenge_is_signed_once_here_and_now(cast: Cast, device: Authenticator) -> None:
    add(cast, device)
    signed = device.sign(begin_entering(browser=HERE))
    with pytest.raises(Refused):
        enter_with_passkey(browser=ELSEWHERE, response=signed)
    enter_with_passkey(browser=HERE, response=signed)
    with pytest.raises(Refused):
        enter_with_passkey(browser=HERE, response=signed)
    late = device.sign(begin_entering(browser=HERE))
    with frozen(now() + timedelta(minutes=6)), pytest.raises(Refused):
        enter_with_passkey(browser=HERE, response=late)


def test_another_site_another_key_and_a_copied_key_do_not_open(cast: Cast, device: Authenticator) -> None:
    add(cast, device)
    for tampered in (
        {"origin": "https://evil.example"},
        {"host": "evil.example"},
        {"verified": False},
        {"key": Authenticator().key},
    ):
        options = begin_entering(browser=HERE)
        with pytest.raises(Refused):
            enter_with_passkey(browser=HERE, response=device.sign(options, **tampered))
    enter(device)
    device.counter = 0
    with pytest.raises(Refused):
        enter(device)
    assert RoomSession.objects.count() == 1


@pytest.mark.parametrize(
    "sent", [None, {}, [], "x", 7, {"id": "x"}, {"id": "", "rawId": "", "response": {}, "type": ""}]
)
def test_what_is_no_answer_opens_nothing(cast: Cast, sent: Any) -> None:
    begin_entering(browser=HERE)
    with pytest.raises(Refused):
        enter_with_passkey(browser=HERE, response=json.loads(json.dumps(sent)))
    begin_adding(actor=ingrid(cast), browser=HERE)
    with pytest.raises(Refused):
        add_passkey(actor=ingrid(cast), browser=HERE, response=sent, name="x")
    assert not Passkey.objects.exists()


def test_adding_needs_a_fresh_proof_and_a_name(cast: Cast, device: Authenticator) -> None:
    with pytest.raises(NotAllowed):
        begin_adding(actor=ingrid(cast, timedelta(minutes=31)), browser=HERE)
    options = begin_adding(actor=ingrid(cast), browser=HERE)
    with pytest.raises(Invalid):
        add_passkey(actor=ingrid(cast), browser=HERE, response=device.make(options), name="")
    with pytest.raises(NotFound):
        begin_adding(actor=cast.rep, browser=HERE)


def test_a_challenge_for_adding_is_of_one_person(cast: Cast, device: Authenticator) -> None:
    options = begin_adding(actor=ingrid(cast), browser=HERE)
    daniel = as_participant(cast.daniel, fresh_at=now())
    with pytest.raises(Refused):
        add_passkey(actor=daniel, browser=HERE, response=device.make(options), name="Not mine")


def test_access_taken_back_is_taken_back_from_devices_too(cast: Cast, device: Authenticator) -> None:
    add(cast, device)
    revoke_participant(actor=cast.rep, participant_id=cast.ingrid.pk)
    with pytest.raises(Refused):
        enter(device)


def test_a_new_address_ends_the_passkeys_of_the_old_one(cast: Cast, device: Authenticator) -> None:
    add(cast, device)
    contact = cast.ingrid.contact
    change_contact(
        actor=cast.rep, contact_id=contact.pk, version=contact.version, values={"email": "new@halvorsen.example"}
    )
    with pytest.raises(Refused):
        enter(device)


def test_one_takes_away_ones_own_only(cast: Cast, device: Authenticator) -> None:
    passkey = add(cast, device)
    with pytest.raises(NotFound):
        remove_passkey(actor=as_participant(cast.daniel), passkey_id=passkey.pk)
    remove_passkey(actor=ingrid(cast), passkey_id=passkey.pk)
    with pytest.raises(Refused):
        enter(device)


def test_the_other_side_hears_nothing_of_passkeys(cast: Cast, device: Authenticator) -> None:
    add(cast, device)
    added = Event.objects.filter(type="passkey.added")
    assert added.visible_to(ingrid(cast)).exists()
    assert not added.visible_to(cast.rep).exists()


def test_challenges_are_limited(cast: Cast) -> None:
    at = now()
    PasskeyChallenge.objects.bulk_create(
        PasskeyChallenge(browser_hash="x", state={}, address="127.0.0.1", created_at=at, expires_at=at)
        for _number in range(60)
    )
    with pytest.raises(Refused):
        begin_entering(browser=HERE)
    begin_entering(browser=ELSEWHERE)


def test_the_challenge_names_nobody(cast: Cast, device: Authenticator) -> None:
    add(cast, device)
    options = begin_entering(browser=HERE)["publicKey"]
    assert not options.get("allowCredentials")
    assert websafe_encode(bytes(Passkey.objects.get().credential_id)) not in json.dumps(dict(options), default=str)
