"""A new address of somebody who answers: nobody answers in their name before their old mailbox or an administrator agrees."""

import re

import pytest
from django.core import mail
from django.test import Client

from crm.actions.address_change import confirm_address, refuse_address, vouch_for_address
from crm.actions.comment import add_comment
from crm.actions.consent import withdraw_consent
from crm.actions.contact import change_contact
from crm.actors import as_participant, as_user
from crm.errors import NotAllowed, NotFound, Refused
from crm.events.deliver import deliver_owed
from crm.models import AddressChange, Comment, Consent, Contact, Event, Participant, User
from crm.queries.address_change import change_token
from crm.queries.sign_in import access_log
from deals.actions.deal import open_deal
from deals.actions.problem import add_statement
from tests.api.caller import Caller, make_key
from tests.cast import Cast
from tests.crm.actions.test_consent import ask, say
from tests.crm.room.door import client_of

pytestmark = pytest.mark.django_db
ELSEWHERE = "maya.private@gmail.example"


@pytest.fixture
def cast() -> Cast:
    cast = Cast()
    cast.write_problem()
    assert cast.ingrid
    return cast


def move(cast: Cast, email: str = ELSEWHERE, by: str = "maya") -> AddressChange | None:
    """Change Ingrid's address; return what was noted."""
    person = Contact.objects.get(pk=cast.ingrid.contact_id)
    change_contact(
        actor=as_user(getattr(cast, by)), contact_id=person.pk, version=person.version, values={"email": email}
    )
    return AddressChange.objects.open().order_by("-changed_at").first()


def vouch(cast: Cast, user: User, reason: str) -> AddressChange:
    version = Contact.objects.get(pk=cast.ingrid.contact_id).version
    return vouch_for_address(actor=as_user(user), contact_id=cast.ingrid.contact_id, version=version, reason=reason)


def test_who_takes_an_address_over_cannot_answer(cast: Cast) -> None:
    question = ask(cast)
    move(cast)
    with pytest.raises(NotAllowed) as error:
        say(cast, question)
    assert error.value.code == "address_not_confirmed"
    assert Consent.objects.get().answer == "asked"


@pytest.mark.slow
def test_no_room_opens_to_an_address_that_nobody_confirmed(cast: Cast) -> None:
    draft = {"part": "causes", "text": "For our side alone."}
    add_statement(actor=cast.buyer, deal_id=cast.deal.pk, values=draft, private=True)
    change = move(cast)
    room = f"/room/{cast.deal.room_id}/"
    browser = client_of(Contact.objects.get(pk=cast.ingrid.contact_id))
    for path in (
        "/room/",
        room,
        f"{room}deals/{cast.deal.pk}/problem/",
        f"{room}kept/",
        f"{room}archive/",
        f"{room}live/",
    ):
        answer = browser.get(path)
        assert answer.status_code in (403, 404), path
        assert "For our side alone." not in answer.content.decode()
    answer = browser.post(f"{room}words/", {"body": "May I write here?"})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Your new address is not confirmed yet" in page
    assert "Maya Okafor changed it" in page
    assert "May I write here?" in page, "which is given back"
    assert not Comment.objects.exists()
    assert browser.post(f"{room}kept/requests/", {"kind": "erasure"}).status_code == 403
    confirm_address(token=change_token(change))
    assert browser.get(room).status_code == 200


def test_nothing_answered_before_is_turned_from_there(cast: Cast) -> None:
    say(cast, ask(cast))
    move(cast)
    with pytest.raises(NotAllowed):
        withdraw_consent(actor=cast.buyer, consent_id=Consent.objects.get().pk)


@pytest.mark.slow
def test_the_old_mailbox_is_told_and_confirms(cast: Cast) -> None:
    old, question = cast.ingrid.contact.email, ask(cast)
    deliver_owed()
    mail.outbox.clear()
    change = move(cast)
    deliver_owed()
    (told,) = mail.outbox
    assert told.to == [old]
    assert "Maya Okafor of " in told.body
    assert ELSEWHERE in told.body
    assert "say no there" in told.body
    path = re.search(r"/room/address/\S+", told.body).group()
    browser = Client()
    assert browser.get(path).status_code == 200
    assert browser.post(path).status_code == 422
    change.refresh_from_db()
    assert change.settled_at is None
    assert "This is settled" in browser.post(path, {"settle": "yes"}).content.decode()
    say(cast, question)
    assert Consent.objects.get().answer == "agreed"


@pytest.mark.slow
def test_the_old_mailbox_says_no_and_all_is_as_it_was(cast: Cast) -> None:
    person, question = cast.ingrid.contact, ask(cast)
    change = move(cast)
    intruder = client_of(Contact.objects.get(pk=person.pk))
    path, browser = f"/room/address/{change_token(change)}/", Client()
    page = browser.get(path).content.decode()
    assert "No, I did not want this" in page
    assert " checked" not in page[page.index('class="choices') :]
    for nonsense in ("", "maybe", "\x00"):
        assert browser.post(path, {"settle": nonsense}).status_code == 422
    assert "Your address is as it was" in browser.post(path, {"settle": "no"}).content.decode()
    assert "Your address is as it was" in browser.post(path, {"settle": "yes"}).content.decode(), "it is settled"
    moved_back = Contact.objects.get(pk=person.pk)
    assert (moved_back.email, moved_back.version) == (person.email, person.version + 2)
    assert intruder.get(f"/room/{cast.deal.room_id}/").status_code == 302, "their session has ended"
    say(cast, question)
    told = client_of(cast.daniel.contact).get(f"/room/{cast.deal.room_id}/people/").content.decode()
    assert "The old mailbox of Ingrid Solberg said no to the new address" in told


def test_a_no_to_a_change_that_was_changed_again_needs_the_newest_mail(cast: Cast) -> None:
    first = move(cast)
    second = move(cast, "another@gmail.example")
    with pytest.raises(Refused):
        refuse_address(token=change_token(first))
    refuse_address(token=change_token(second))
    assert not AddressChange.objects.open().exists()
    assert Contact.objects.get(pk=cast.ingrid.contact_id).email == second.old_email


@pytest.mark.slow
def test_what_is_asked_meanwhile_goes_to_the_address_that_proved_who_they_are(cast: Cast) -> None:
    old = cast.ingrid.contact.email
    move(cast)
    deliver_owed()
    mail.outbox.clear()
    question = ask(cast)
    add_comment(actor=cast.rep, room_id=cast.deal.room_id, body="@Ingrid since when?")
    deliver_owed()
    assert [one.to for one in mail.outbox] == [[old], [old]]
    assert question.sentence in mail.outbox[0].body
    confirm_address(token=change_token(AddressChange.objects.get()))
    say(cast, question)
    deliver_owed()
    assert mail.outbox[-1].to == [ELSEWHERE]


def test_everybody_in_the_room_sees_it(cast: Cast) -> None:
    move(cast)
    vouch(cast, cast.admin, "I met her in Oslo.")
    page = client_of(cast.daniel.contact).get(f"/room/{cast.deal.room_id}/people/").content.decode()
    assert "Maya Okafor changed the address of Ingrid Solberg" in page
    assert f"{cast.admin.name} vouched for the new address of Ingrid Solberg" in page
    assert "I met her in Oslo." in page
    assert len(access_log(as_participant(cast.daniel), cast.deal.room_id)) == 3


def test_who_changed_it_does_not_vouch_for_it(cast: Cast) -> None:
    move(cast, by="admin")
    with pytest.raises(NotAllowed) as error:
        vouch(cast, cast.admin, "Sure.")
    assert error.value.code == "own_change"
    with pytest.raises(NotAllowed):
        vouch(cast, cast.maya, "Sure.")


@pytest.mark.slow
def test_an_administrator_vouches_on_the_page_of_the_person(cast: Cast) -> None:
    move(cast)
    browser = Client()
    browser.force_login(cast.admin)
    page = f"/contacts/{cast.ingrid.contact_id}/"
    assert "not confirmed yet" in browser.get(page).content.decode()
    version = re.search(
        r'name="version" value="(\d+)">[^<]*<div class="field', browser.get(page).content.decode()
    ).group(1)
    assert browser.post(f"{page}vouch/", {"reason": "", "version": version}).status_code == 422
    move(cast, "another@gmail.example")
    seen_before = browser.post(f"{page}vouch/", {"reason": "She called.", "version": version})
    assert seen_before.status_code == 409, "it is another address by now"
    assert AddressChange.objects.open().exists()
    assert browser.post(f"{page}vouch/", {"reason": "She called.", "version": int(version) + 1}).status_code == 302
    assert "not confirmed yet" not in browser.get(page).content.decode()
    with pytest.raises(NotFound):
        vouch(cast, cast.admin, "Again.")


def test_a_second_change_still_asks_the_mailbox_that_proved_it(cast: Cast) -> None:
    old = cast.ingrid.contact.email
    first = move(cast)
    second = move(cast, "another@gmail.example")
    assert second.old_email == old
    with pytest.raises(Refused):
        confirm_address(token=change_token(first))
    confirm_address(token=change_token(second))
    assert not AddressChange.objects.open().exists()
    assert Event.objects.visible_to(cast.buyer).filter(type="participant.address_confirmed").count() == 1


def test_the_old_mailbox_hears_of_a_second_change_and_of_going_back(cast: Cast) -> None:
    old = cast.ingrid.contact.email
    for email in (ELSEWHERE, "another@gmail.example", old):
        move(cast, email)
        deliver_owed()
    assert [one.to for one in mail.outbox] == [[old]] * 3
    assert [one.subject for one in mail.outbox] == ["Your address was changed"] * 2 + ["Your address is as it was"]
    assert "another@gmail.example" in mail.outbox[1].body
    assert f"changed your address back to {old}" in mail.outbox[2].body


def test_the_old_mailbox_hears_once_who_vouched_and_why(cast: Cast) -> None:
    old = cast.ingrid.contact.email
    other = open_deal(actor=cast.rep, title="Other", organization_id=cast.halvorsen.pk, amount="1", currency="USD")
    cast.let_in(cast.ingrid.contact, room=other.room)
    move(cast)
    deliver_owed()
    mail.outbox.clear()
    vouch(cast, cast.admin, "I met <her> in Oslo.")
    deliver_owed()
    assert [one.to for one in mail.outbox] == [[old]]
    assert cast.admin.name in mail.outbox[0].body
    assert "I met <her> in Oslo." in mail.outbox[0].body
    assert ELSEWHERE in mail.outbox[0].body
    assert Event.objects.filter(type="participant.address_vouched").count() == 2


def test_going_back_settles_it(cast: Cast) -> None:
    old = cast.ingrid.contact.email
    move(cast)
    assert move(cast, old) is None
    say(cast, ask(cast))


def test_a_typo_of_somebody_who_was_never_here_is_just_mended(cast: Cast) -> None:
    Participant.objects.filter(pk=cast.ingrid.pk).update(joined_at=None)
    assert move(cast, "ingrid.s@halvorsen.example") is None
    say(cast, ask(cast))


def test_a_link_that_was_made_up_leads_nowhere(cast: Cast) -> None:
    assert Client().get("/room/address/made-up/").status_code == 404


def test_a_key_needs_the_scope_of_the_rooms_too(cast: Cast) -> None:
    person = cast.ingrid.contact
    key = Caller(make_key(cast.maya, "contacts:write"))
    answer = key.patch(f"/contacts/{person.pk}/", {"email": ELSEWHERE}, version=person.version)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


def test_an_administrator_vouches_over_rest(cast: Cast) -> None:
    move(cast)
    path, version = f"/contacts/{cast.ingrid.contact_id}/", Contact.objects.get(pk=cast.ingrid.contact_id).version
    sent = {"reason": "She called."}
    for user, scopes in ((cast.admin, ("contacts:write",)), (cast.maya, ("admin",))):
        assert Caller(make_key(user, *scopes)).post(f"{path}vouch/", sent, version=version).status_code == 403
    admin = Caller(make_key(cast.admin, "admin", "contacts:read"))
    assert admin.get(path).json()["email_confirmed"] is False
    assert admin.post(f"{path}vouch/", sent).status_code == 428
    assert admin.post(f"{path}vouch/", sent, version=version - 1).status_code == 412
    assert admin.post(f"{path}vouch/", {"reason": ""}, version=version).status_code == 400
    answer = admin.post(f"{path}vouch/", sent, version=version)
    assert (answer.status_code, answer.json()["email_confirmed"]) == (200, True)
    version = answer.json()["version"]
    assert admin.post(f"{path}vouch/", sent, version=version).status_code == 404
