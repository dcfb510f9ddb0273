"""Clients, contacts, receipts, what happened, and the demo's mails, as pages."""

from dataclasses import replace

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from crm.clock import now
from crm.models import Consent, Contact, DemoMail
from crm.queries.receipt import get_receipt
from crm.web.receipt import receipt_context
from tests.cast import Cast
from tests.crm.actions.test_consent import ask, say
from tests.crm.pdf.test_receipt import words_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    cast = Cast()
    cast.write_problem()
    say(cast, ask(cast))
    assert cast.maya
    return cast


@pytest.fixture
def client(cast: Cast, client: Client) -> Client:
    client.force_login(cast.maya)
    return client


def words(client: Client, name: str, *args: object) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.slow
def test_pages_of_a_client(cast: Cast, client: Client) -> None:
    assert "Halvorsen Foods" in words(client, "crm:clients")
    assert "Nothing fits these filters" in client.get(reverse("crm:clients"), {"q": "\x00zz"}).content.decode()
    assert client.get(reverse("crm:clients"), {"cursor": "x"}).status_code == 400
    page = words(client, "crm:client", cast.halvorsen.pk)
    assert "Ingrid Solberg agreed to the problem, revision 1" in page
    assert "Ingrid Solberg agreed" in words(client, "crm:timeline", cast.deal.room_id)
    assert cast.ingrid.contact.email in words(client, "crm:contact", cast.ingrid.contact_id)


def test_what_happened_with_a_client_is_shown_by_kind(cast: Cast, client: Client) -> None:
    for name in ("crm:client", "crm:client_timeline"):
        address = reverse(name, args=[cast.halvorsen.pk])
        agreed = client.get(address, {"show": "agreed"}).content.decode()
        assert "Ingrid Solberg agreed" in agreed
        assert 'aria-current="true">Agreed' in agreed
        assert "Ingrid Solberg agreed" not in client.get(address, {"show": "numbers"}).content.decode()
        assert "Nothing of this kind" in client.get(address, {"show": "numbers"}).content.decode()
        assert "Ingrid Solberg agreed" in client.get(address, {"show": "nonsense"}).content.decode()
    assert client.get(reverse("crm:client_timeline", args=[cast.halvorsen.pk]), {"cursor": "x"}).status_code == 400


def test_a_colleague_from_elsewhere_sees_no_address_and_no_room(cast: Cast, client: Client) -> None:
    client.force_login(cast.stranger)
    assert cast.ingrid.contact.email not in words(client, "crm:contact", cast.ingrid.contact_id)
    assert "agreed to the problem" not in words(client, "crm:client", cast.halvorsen.pk)
    assert client.get(reverse("crm:timeline", args=[cast.deal.room_id])).status_code == 404
    assert client.get(reverse("crm:receipt", args=[Consent.objects.get().pk])).status_code == 404


@pytest.mark.slow
def test_a_contact_leaves_the_directory_and_comes_back(cast: Cast, client: Client) -> None:
    erik = cast.contact("Erik Nyström")
    page = client.post(reverse("crm:contact_state", args=[erik.pk, "archive"]), {"version": 1}, follow=True)
    assert "Not in the directory" in page.content.decode()
    assert "Taken out of the directory" in words(client, "crm:client", cast.halvorsen.pk)
    page = client.post(reverse("crm:contact_state", args=[erik.pk, "restore"]), {"version": 2}, follow=True)
    assert "Not in the directory" not in page.content.decode()
    assert client.post(reverse("crm:contact_state", args=[erik.pk, "shred"])).status_code == 404


def test_who_was_erased_is_offered_nothing(cast: Cast, client: Client) -> None:
    erik = cast.contact("Erik Nyström")
    Contact.objects.filter(pk=erik.pk).update(archived_at=now(), erased_at=now())
    assert "directory" not in words(client, "crm:contact", erik.pk)


def test_a_receipt_shows_what_was_answered(cast: Cast, client: Client) -> None:
    page = words(client, "crm:receipt", Consent.objects.get().pk)
    assert "Does this describe your problem as it is today?" in page
    assert cast.section("problem").content_hash in page


def test_a_receipt_says_who_it_was_as_then_and_checks_the_chain(cast: Cast, client: Client) -> None:
    Contact.objects.filter(pk=cast.ingrid.contact_id).update(name="Ingrid Berg", email="new@elsewhere.example")
    page = words(client, "crm:receipt", Consent.objects.get().pk)
    assert "Ingrid Solberg, VP Supply Chain, Halvorsen Foods" in page
    assert "new@elsewhere.example" not in page
    assert "checked now, fits" in page
    assert "A simple electronic signature" in page


def test_a_receipt_is_a_paper_to_keep(cast: Cast, client: Client) -> None:
    answer = client.get(reverse("crm:receipt", args=[Consent.objects.get().pk]), {"download": "1"})
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Type"] == "application/pdf"
    assert cast.section("problem").content_hash in words_of(answer.content)


def test_a_receipt_says_that_its_words_were_erased_and_still_fits(cast: Cast) -> None:
    receipt = get_receipt(cast.rep, Consent.objects.get().pk)
    links = [replace(one, content=None) for one in receipt.links]
    erased = replace(receipt, label="", lines=(), links=links, is_mine=False)
    page = render_to_string("crm/receipt/_receipt.html", receipt_context(erased))
    assert "Erased. The fingerprint of the entry stays." in page
    assert "words erased, fits" in page
    assert "Ingrid" not in page


def test_a_receipt_asks_few_queries(cast: Cast, client: Client, assert_query_baseline) -> None:
    with assert_query_baseline("crm:receipt"):
        words(client, "crm:receipt", Consent.objects.get().pk)


def test_the_outbox_is_there_in_the_demo_only(cast: Cast, client: Client, settings) -> None:
    DemoMail.objects.create(sent_at=now(), to="a@b.example", subject="Your code", text="<b>K7QM</b>")
    settings.DEMO_OUTBOX = False
    assert client.get(reverse("crm:outbox")).status_code == 404
    settings.DEMO_OUTBOX = True
    assert "&lt;b&gt;K7QM" in words(client, "crm:outbox")
