"""What is kept about somebody: seen, taken along, asked for whole, erased. Each page by each kind of person."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.test import Client

from crm.actions.contact import change_contact
from crm.actions.data_request import end_availability, request_data
from crm.actors import as_participant
from crm.clock import frozen, now
from crm.errors import NotFound
from crm.events.deliver import deliver_owed
from crm.formats import erased_name
from crm.models import Contact, DataRequest, Erasure, Participant
from deals.actions.problem import add_statement
from tests.canaries import left, plant, word
from tests.cast import Cast
from tests.crm.room.door import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def erasures(settings, tmp_path: Path) -> None:
    settings.ERASURE_LIST = str(tmp_path / "erasures.jsonl")
    settings.MEDIA_ROOT = str(tmp_path / "files")
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def buyer(cast: Cast) -> Client:
    return client_of(cast.ingrid.contact)


@pytest.fixture
def admin(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.admin)
    return client


def kept(cast: Cast) -> str:
    return f"/room/{cast.deal.room_id}/kept/"


def asked(cast: Cast, kind: str) -> DataRequest:
    return request_data(actor=cast.buyer, kind=kind, note="Please.")


def page_of(request: DataRequest) -> str:
    return f"/data-requests/{request.pk}/"


@pytest.mark.slow
def test_taking_along_what_is_ones_own(cast: Cast) -> None:
    person = plant(cast)
    buyer = client_of(person)
    page = buyer.get(f"{kept(cast)}?all=1").content.decode()
    assert word("comment") in page
    assert word("wants") in page
    response = buyer.get(f"{kept(cast)}download/")
    assert response["Content-Disposition"].startswith("attachment")
    text = response.content.decode()
    places = {place["place"] for place in json.loads(text)["places"]}
    assert {"contact", "sessions", "comments", "questions", "ledger", "stakes", "quotes", "disputes"} <= places
    for private in ("assessment", "custom"):
        assert word(private) not in text + page
    assert "Call with" not in text + page, "what others noted privately is not handed over here"
    other = client_of(cast.daniel.contact).get(f"{kept(cast)}download/").content.decode()
    assert word("comment") not in other


@pytest.mark.slow
def test_asking_twice_is_asking_once(cast: Cast, buyer: Client, admin: Client) -> None:
    for _click in range(2):
        page = buyer.post(f"{kept(cast)}requests/", {"kind": "access", "note": "Please."}, follow=True)
        assert "You see the answer here" in page.content.decode()
    assert DataRequest.objects.count() == 1
    deliver_owed()
    assert [one.to for one in mail.outbox if "asks about the data" in one.subject] == [[cast.admin.email]]
    assert "Ingrid Solberg: Everything kept" in admin.get("/data-requests/").content.decode()


@pytest.mark.parametrize(
    "sent", [{}, {"kind": "all"}, {"kind": "access", "note": "a\x00b"}, {"kind": "access", "note": "x" * 2001}]
)
def test_bad_input_keeps_what_was_typed(cast: Cast, buyer: Client, sent: dict[str, str]) -> None:
    response = buyer.post(f"{kept(cast)}requests/", sent)
    assert response.status_code == 422
    assert not DataRequest.objects.exists()


@pytest.mark.slow
def test_handed_over_with_private_notes_for_fourteen_days(cast: Cast, admin: Client) -> None:
    person = plant(cast)
    request = DataRequest.objects.get()
    buyer = client_of(person)
    handed = f"{kept(cast)}requests/{request.pk}/"
    assert buyer.get(handed).status_code == 404
    page = admin.get(page_of(request)).content.decode()
    assert word("assessment") in page
    assert "Call with Ingrid Solberg" in page
    assert "Drafts you have not shared (" in page, "that there are some is said"
    erasing = admin.get(f"/contacts/{person.pk}/erase/").content.decode()
    for theirs in ("draft", "comment"):
        assert word(theirs) not in page + erasing, "what they see themselves is read by nobody for them"
    done = admin.post(page_of(request), {"do": "grant", "version": request.version, "answer": "Here it is."})
    assert done.status_code == 302
    again = admin.post(page_of(request), {"do": "grant", "version": request.version, "answer": "Here it is."})
    assert again.status_code == 422
    deliver_owed()
    (told,) = [one for one in mail.outbox if one.to == [person.email] and one.subject == "About the data kept of you"]
    assert "Here it is." in told.body
    page = buyer.get(kept(cast)).content.decode()
    assert handed in page
    assert "Here it is." in page
    text = buyer.get(handed).content.decode()
    assert word("assessment") in text
    assert word("custom") in text
    assert word("draft") not in text
    assert client_of(cast.daniel.contact).get(handed).status_code == 404
    with frozen(now() + timedelta(days=14, minutes=1)):
        assert end_availability() == 1
        assert end_availability() == 0
    request.refresh_from_db()
    assert request.export is None
    assert buyer.get(handed).status_code == 404


@pytest.mark.slow
def test_declined_with_the_ground(cast: Cast, buyer: Client, admin: Client) -> None:
    request = asked(cast, "erasure")
    Contact.objects.filter(pk=request.contact_id).update(mails_off=["asked", "recorded", "receipt"])
    empty = admin.post(page_of(request), {"do": "decline", "version": 1, "no-answer": " "})
    assert empty.status_code == 422
    admin.post(page_of(request), {"do": "decline", "version": 1, "no-answer": "We must keep the contract."})
    deliver_owed()
    assert "We must keep the contract." in mail.outbox[-1].body
    page = buyer.get(kept(cast)).content.decode()
    assert "We must keep the contract." in page
    assert buyer.get(kept(cast)).status_code == 200


def test_the_last_mail_goes_to_the_address_that_proved_who_they_are(
    cast: Cast, admin: Client, django_capture_on_commit_callbacks
) -> None:
    person, request = cast.ingrid.contact, asked(cast, "erasure")
    values = {"email": "maya.private@gmail.example"}
    change_contact(actor=cast.rep, contact_id=person.pk, version=person.version, values=values)
    sent = {"do": "erase", "version": request.version, "ground": "Article 17.", "confirmed_name": person.name}
    with django_capture_on_commit_callbacks(execute=True):
        assert admin.post(page_of(request), sent).status_code == 302
    assert [one.to for one in mail.outbox if one.subject == "Your data were erased"] == [[person.email]]


@pytest.mark.slow
def test_erased_on_request_and_every_page_still_works(
    cast: Cast, admin: Client, django_capture_on_commit_callbacks
) -> None:
    person = plant(cast)
    buyer, other = client_of(person), client_of(cast.daniel.contact)
    email, request = person.email, asked(cast, "erasure")
    sent = {"do": "erase", "version": request.version, "ground": "Article 17.", "confirmed_name": "Ingrid"}
    assert "This is not the name" in admin.post(page_of(request), sent).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        done = admin.post(page_of(request), sent | {"confirmed_name": person.name})
    assert done.status_code == 302
    assert mail.outbox[-1].to == [email]
    assert mail.outbox[-1].subject == "Your data were erased"
    assert left() == []
    assert buyer.get(kept(cast)).status_code == 302, "the session has ended"
    assert DataRequest.objects.filter(state="open").count() == 0
    staff, room = Client(), f"/room/{cast.deal.room_id}/"
    staff.force_login(cast.maya)
    for client, path in [(one, path) for one in (staff, admin) for path in _staff_pages(cast)] + [
        (other, path) for path in (room, f"{room}people/", f"{room}kept/", *_room_pages(cast))
    ]:
        response = client.get(path, follow=True)
        assert response.status_code == 200, path
        assert "Ingrid Solberg" not in response.content.decode(), path
    timeline = staff.get(f"/rooms/{cast.deal.room_id}/timeline/").content.decode()
    assert f"{erased_name()}" in timeline
    assert "erased the data of a person" in timeline
    receipt = cast.ingrid.consents.latest("pk")
    assert "erased" in staff.get(f"/receipts/{receipt.pk}/").content.decode().lower()


def _staff_pages(cast: Cast) -> list[str]:
    deal, receipts = f"/deals/{cast.deal.pk}/", cast.ingrid.consents.values_list("pk", flat=True)
    sections = [f"{deal}{kind}/" for kind in ("people", "problem", "criteria")]
    pages = ["/deals/", deal, *sections, f"/rooms/{cast.deal.room_id}/access/", f"/rooms/{cast.deal.room_id}/timeline/"]
    pages += [f"/clients/{cast.halvorsen.pk}/", f"/contacts/{cast.ingrid.contact_id}/", "/handoffs/", "/success/"]
    pages += [f"/handoffs/{handoff.pk}/" for handoff in cast.deal.handoffs.all()]
    plan = cast.deal.success_plan
    pages += [f"/success/{plan.pk}/", *(f"/goals/{goal.pk}/" for goal in plan.goals.all())]
    return pages + [f"/receipts/{pk}/" for pk in receipts]


def _room_pages(cast: Cast) -> list[str]:
    from crm.registry import room_panels

    actor = as_participant(Participant.objects.get(pk=cast.daniel.pk))
    return [url for _panel, url in room_panels(actor, actor.participant.room)]


@pytest.mark.slow
def test_erasing_from_the_contacts_page(cast: Cast, admin: Client) -> None:
    person = cast.ingrid.contact
    path = f"/contacts/{person.pk}/erase/"
    assert path in admin.get(f"/contacts/{person.pk}/").content.decode()
    assert "What is kept about them now" in admin.get(path).content.decode()
    sent = {"ground": "Article 17.", "confirmed_name": person.name}
    bad = admin.post(path, sent | {"retained_until": "2020-01-01", "retained_ground": "A claim."})
    assert "Choose a day from tomorrow on" in bad.content.decode()
    assert admin.post(path, sent | {"retained_until": "no day"}).status_code == 422
    until = (now() + timedelta(days=30)).date().isoformat()
    assert admin.post(path, sent | {"retained_until": until, "retained_ground": "A claim."}).status_code == 302
    assert Erasure.objects.get().retained_ground == "A claim."
    assert admin.post(path, sent).status_code == 302, "a second click changes nothing"
    assert "Nothing is left to erase" in admin.get(path).content.decode()
    assert Erasure.objects.count() == 1


@pytest.mark.parametrize("who", ["maya", "jonas", "tomas", "priya"])
def test_only_administrators(cast: Cast, who: str) -> None:
    request = asked(cast, "access")
    client = Client()
    client.force_login(getattr(cast, who))
    for path in ("/data-requests/", page_of(request), f"/contacts/{request.contact_id}/erase/"):
        assert client.get(path).status_code == 403
        if path != "/data-requests/":
            assert client.post(path, {"do": "grant", "version": 1, "ground": "x"}).status_code == 403
    page = client.get("/deals/").content.decode()
    assert "/data-requests/" not in page
    assert Client().get("/data-requests/").status_code == 302
    request.refresh_from_db()
    assert request.is_open


def test_participants_only_for_themselves(cast: Cast, buyer: Client) -> None:
    request = asked(cast, "access")
    DataRequest.objects.filter(pk=request.pk).update(
        state="granted", answered_at=now(), export={"x": 1}, available_until=now() + timedelta(days=1)
    )
    assert buyer.get(f"{kept(cast)}requests/{request.pk}/").status_code == 200
    other = client_of(cast.daniel.contact)
    assert other.get(f"{kept(cast)}requests/{request.pk}/").status_code == 404
    Participant.objects.filter(pk=cast.ingrid.pk).update(revoked_at=now())
    with pytest.raises(NotFound):
        request_data(actor=cast.buyer, kind="erasure")
    assert buyer.get(f"{kept(cast)}download/").status_code == 403


def test_requests_cost_the_same_for_one_as_for_many(cast: Cast, admin: Client, assert_query_baseline) -> None:
    for number in range(6):
        person = cast.let_in(cast.contact(f"Person {number}"))
        request_data(actor=as_participant(person), kind="access")
    with assert_query_baseline("crm:data_requests"):
        admin.get("/data-requests/")


def test_the_page_costs_little_until_all_is_asked_for(cast: Cast, buyer: Client, assert_query_baseline) -> None:
    buyer.get(kept(cast))
    with assert_query_baseline("room:kept"):
        page = buyer.get(kept(cast)).content.decode()
    assert 'href="?all=1#everything"' in page
    assert "Download it all" in page


@pytest.mark.slow
def test_what_another_side_has_not_shared_is_neither_read_nor_handed_over(cast: Cast, admin: Client) -> None:
    request = asked(cast, "access")
    theirs = as_participant(cast.let_in(cast.contact("Sander Bakke"), side="partner"))
    for actor, text in ((theirs, "Ingrid Solberg hesitates."), (cast.rep, "Ingrid Solberg decides.")):
        add_statement(actor=actor, deal_id=cast.deal.pk, values={"part": "causes", "text": text}, private=True)
    page = admin.get(page_of(request)).content.decode()
    admin.post(page_of(request), {"do": "grant", "version": request.version})
    request.refresh_from_db()
    for shown in (page, json.dumps(request.export)):
        assert "decides" in shown
        assert "hesitates" not in shown


@pytest.mark.slow
def test_erasure_is_asked_once_more_and_can_be_taken_back(cast: Cast, buyer: Client, admin: Client) -> None:
    sent = {"kind": "erasure", "note": "Please, soon."}
    first = buyer.post(f"{kept(cast)}requests/", sent)
    assert first.status_code == 200
    assert "What goes" in first.text
    assert "What is kept" in first.text
    assert "Please, soon." in first.text, "nothing typed is lost"
    assert not DataRequest.objects.exists()
    buyer.post(f"{kept(cast)}requests/", sent | {"sure": "on"})
    request = DataRequest.objects.get()
    assert (request.is_open, request.note) == (True, "Please, soon.")

    back = f"{kept(cast)}requests/{request.pk}/withdraw/"
    assert client_of(cast.daniel.contact).post(back).status_code == 404
    assert back in buyer.get(kept(cast)).text
    assert "You took that back." in buyer.post(back, follow=True).text
    request.refresh_from_db()
    assert request.state == "withdrawn"
    deliver_owed()
    assert not [one for one in mail.outbox if "asks about the data" in one.subject]
    assert buyer.post(back).status_code == 409
    answer = admin.post(page_of(request), {"do": "erase", "version": request.version})
    assert answer.status_code == 422
    assert "Taken back" in admin.get("/data-requests/").text
    assert Contact.objects.get(pk=request.contact_id).erased_at is None
    assert buyer.post(f"{kept(cast)}requests/", sent | {"sure": "on"}).status_code == 302
    assert DataRequest.objects.open().count() == 1
