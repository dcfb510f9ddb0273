"""Every state of the room on a phone, looked at in both themes: what waits, what went wrong, what is over."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings as project

from crm.actions.attachment import add_attachment, check_attachment
from crm.actions.comment import add_comment
from crm.actions.consent import contest_consent
from crm.actions.contact import change_contact
from crm.actions.data_request import request_data
from crm.actions.participant import invite_contact, revoke_participant
from crm.clock import now
from crm.models import AddressChange, Attachment, Consent, Contact, Invitation, Participant
from crm.queries.address_change import change_token
from deals.actions.problem import edit_statement
from deals.actions.stakeholder import add_stakeholder
from deals.models import ProblemStatement
from tests.cast import Cast
from tests.crm.actions.test_consent import ask
from tests.crm.room.door import come_in
from tests.crm.room.test_files import sheets
from tests.deals.actions.test_stage_move import ask as ask_of
from tests.deals.actions.test_stage_move import record_yes, say
from tests.journeys.conftest import Site
from tests.journeys.person import PHONE, Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Comes = Callable[..., Person]


def forgive(person: Person, *statuses: int) -> None:
    """Take the answers that a test asked for out of the faults, and the browser's own line about each."""
    echo = "console: Failed to load resource: the server responded with a status of"
    expected = tuple(start for status in statuses for start in (f"{status} ", f"{echo} {status}"))
    person.faults = [fault for fault in person.faults if not fault.startswith(expected)]


def seat(comes: Comes, site: Site, who: Participant) -> Person:
    """Seat somebody who is signed in to the room."""
    person = comes("states", size=PHONE)
    person.context.add_cookies([{"name": project.ROOM_COOKIE_NAME, "value": come_in(who.contact)[1], "url": site.url}])
    return person


def test_the_door(site: Site, comes: Comes) -> None:
    cast = Cast()
    contact = cast.contact("Ingrid Solberg", "VP Supply Chain")
    grant = invite_contact(actor=cast.rep, room_id=cast.deal.room_id, contact_id=contact.pk)
    link = site.mailbox.link(contact.email)
    buyer = comes("door", size=PHONE)

    buyer.go(link)
    buyer.look("invitation")
    buyer.button("Send me a code").click()
    buyer.look("code")
    for attempt in range(5):
        buyer.fill("Code, eight letters and digits", "WRNG-WRNG")
        buyer.button("Come in").click()
        if attempt == 0:
            buyer.look("wrong-code")
    buyer.look("used-up-code")

    Invitation.objects.update(expires_at=now() - timedelta(days=1))
    buyer.go(link)
    buyer.look("expired-invitation")
    buyer.button("Send me a new link").click()
    buyer.look("new-link-sent")
    revoke_participant(actor=cast.rep, participant_id=grant.pk, version=Participant.objects.get(pk=grant.pk).version)
    buyer.go(link)
    buyer.look("revoked-invitation")
    buyer.go("/room/invitation/no-such-link/")
    buyer.look("unknown-invitation")

    buyer.go("/room/door/")
    buyer.fill("E-mail", "nobody at all")
    buyer.page.locator("main form button").first.click()
    buyer.look("door-without-an-address")
    forgive(buyer, 404, 422)


def test_answers(site: Site, comes: Comes) -> None:
    cast = Cast()
    cast.write_problem()
    cast.write_criterion()
    say(ask_of(cast, cast.problem(), of=cast.daniel), "declined", note="We measured two per cent.")
    question = ask(cast)
    record_yes(cast, cast.criteria())
    buyer = seat(comes, site, cast.ingrid)
    room = f"/room/{cast.deal.room_id}/"

    buyer.go(room)
    buyer.look("asked-and-recorded")
    for opened in ("change", "declined"):
        buyer.go(f"{room}questions/{question.pk}/answer/?open={opened}")
        buyer.look(opened)
    buyer.go(f"{room}questions/{question.pk}/answer/?open=change")
    buyer.button("Send").or_(buyer.page.locator("form[data-draft] button.primary")).first.click()
    buyer.look("change-without-words")
    buyer.go(f"{room}questions/{question.pk}/answer/")
    buyer.button("I agree").click()
    buyer.look("what-follows")
    for consent in Consent.objects.exclude(answer="asked"):
        buyer.go(f"{room}receipts/{consent.pk}/")
        buyer.look(f"receipt-{consent.question.channel}")
    recorded = Consent.objects.exclude(question__channel="room").get()
    contest_consent(actor=cast.buyer, consent_id=recorded.pk, note="I asked for time.")
    buyer.go(f"{room}receipts/{recorded.pk}/")
    buyer.look("contested")
    buyer.go(f"{room}questions/{question.pk}/answer/")
    buyer.look("answered-already")
    buyer.go(room)
    buyer.sees("Daniel Reyes said no")
    buyer.look("a-no-beside-a-yes")
    forgive(buyer, 404, 409, 422)


def test_an_address_that_staff_changed(site: Site, comes: Comes) -> None:
    cast = Cast()
    assert cast.ingrid.is_active
    person = Contact.objects.get(pk=cast.ingrid.contact_id)
    new = {"email": "ingrid@elsewhere.example"}
    change_contact(actor=cast.rep, contact_id=person.pk, version=person.version, values=new)
    buyer = seat(comes, site, Participant.objects.get(pk=cast.ingrid.pk))
    room = f"/room/{cast.deal.room_id}/"
    buyer.go(room)
    buyer.sees("Your new address is not confirmed yet")
    buyer.look("address-not-confirmed")
    link = f"/room/address/{change_token(AddressChange.objects.get())}/"
    buyer.go(link)
    buyer.look("confirm-the-address")
    buyer.button("Settle it").click()
    buyer.look("not-ticked")
    buyer.page.get_by_label("Yes, I want this address").check()
    buyer.button("Settle it").click()
    buyer.look("address-settled")
    buyer.go(room)
    buyer.sees("What we agreed so far")
    forgive(buyer, 403, 422)


def test_words(site: Site, comes: Comes) -> None:
    cast = Cast()
    cast.write_problem()
    cast.write_criterion()
    named = {"side": "buyer", "contact": cast.daniel.contact_id, "wants": "No surprises."}
    add_stakeholder(actor=cast.rep, deal_id=cast.deal.pk, values=named)
    buyer = seat(comes, site, cast.ingrid)
    row = ProblemStatement.objects.get()
    about = {"section": "problem", "subject_id": row.pk}
    said = add_comment(actor=cast.rep, room_id=cast.deal.room_id, body="In all 214 stores?", **about)
    add_comment(actor=cast.buyer, room_id=cast.deal.room_id, body="In 20.", reply_to=said.pk)
    add_comment(actor=cast.buyer, room_id=cast.deal.room_id, body="It is twice a week.", disputes=True, **about)
    deal = f"/room/{cast.deal.room_id}/deals/{cast.deal.pk}/"

    for kind, opened in (("problem", "causes"), ("criteria", "1"), ("people", "new")):
        buyer.go(f"{deal}{kind}/")
        buyer.look(kind)
        buyer.go(f"{deal}{kind}/?add={opened}")
        buyer.look(f"add-to-{kind}")
    buyer.go(f"{deal}problem/?edit={row.pk}")
    buyer.look("edit")
    edit_statement(actor=cast.rep, statement_id=row.pk, version=row.version, values={"text": "Planners guess."})
    form = buyer.page.locator("form", has=buyer.page.locator("textarea[name=text]")).first
    form.locator("textarea[name=text]").fill("Planners draw lots.")
    form.locator("button.primary").first.click()
    buyer.sees("at the same time")
    buyer.look("conflict")
    buyer.go(f"/room/{cast.deal.room_id}/words/")
    buyer.look("said-in-the-room")
    forgive(buyer, 409, 422)


def test_files_people_and_what_is_kept(site: Site, comes: Comes, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    cast = Cast()
    buyer = seat(comes, site, cast.ingrid)
    room = f"/room/{cast.deal.room_id}/"
    buyer.go(f"{room}files/")
    buyer.look("no-files")
    for name in ("Plan.pdf", "Not checked yet.pdf"):
        add_attachment(actor=cast.rep, room_id=cast.deal.room_id, name=name, content=io.BytesIO(sheets(2)))
    checked = Attachment.objects.get(name="Plan.pdf")
    check_attachment(attachment_id=checked.pk)
    buyer.go(f"{room}files/")
    buyer.look("files")
    buyer.go(f"{room}files/{checked.pk}/pages/")
    buyer.look("pages-of-a-file")
    buyer.go(f"{room}people/")
    buyer.look("people")
    request_data(actor=cast.buyer, kind="access")
    buyer.go(f"{room}kept/")
    buyer.look("what-is-kept")
    buyer.page.get_by_label("Erase my data").check()
    buyer.button("Ask", buyer.page.locator("#requests")).click()
    buyer.look("before-erasure")
    buyer.button("Ask to be erased").click()
    buyer.button("Take it back", buyer.page.locator("#requests")).last.click()
    buyer.sees("You took that back.")
    buyer.go(f"{room}nowhere/")
    buyer.look("nothing-here")
    buyer.go("/room/fresh-code/")
    buyer.look("fresh-code")
    revoke_participant(actor=cast.rep, participant_id=cast.ingrid.pk, version=cast.ingrid.version)
    buyer.go(room)
    buyer.look("access-taken-back")
    forgive(buyer, 401, 403, 404)
