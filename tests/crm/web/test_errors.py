"""The pages for what cannot be shown, and what refusals become."""

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from crm.actions.access_request import welcome_colleagues
from crm.actions.organization import change_organization
from crm.api.errors import TITLES
from crm.errors import DomainError
from crm.models import Participant
from crm.web.errors import HEADINGS
from deals.actions.problem import add_statement, archive_statement
from deals.models import ProblemStatement
from tests.api.caller import Caller, make_key, problem_of
from tests.cast import Cast
from tests.crm.room.door import client_of


@pytest.mark.django_db
def test_an_address_of_a_form_opened_by_hand_says_how_to_go_on(client: Client) -> None:
    cast = Cast()
    client.force_login(cast.maya)
    answer = client.get(f"/deals/{cast.deal.pk}/problem/statements/")
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert "Go back to the page" in answer.content.decode()


@pytest.mark.django_db
def test_a_refusal_keeps_the_menu_for_staff_and_leads_back(client: Client) -> None:
    cast = Cast()
    client.force_login(cast.colleague)
    section = f"/deals/{cast.deal.pk}/problem/"
    sent = {"part": "situation", "text": "Words of mine."}
    answer = client.post(
        f"{section}statements/", sent, headers={"referer": f"http://testserver{section}?add=situation"}
    )
    page = answer.text
    assert answer.status_code == 403
    assert 'class="rail"' in page
    assert f'href="{section}?add=situation">Go back' in page
    for elsewhere in ("https://evil.example/deals/", f"http://testserver{section}statements/", "//evil.example"):
        page = client.post(f"{section}statements/", sent, headers={"referer": elsewhere}).text
        assert "evil" not in page
        assert "Go to the start page" in page


def kinds(base: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    yield base
    for one in base.__subclasses__():
        yield from kinds(one)


def test_every_refusal_has_a_page_and_a_problem() -> None:
    assert {one.status for one in kinds()} <= HEADINGS.keys() & TITLES.keys()


TYPED = "Half an hour <b>of careful</b> writing."
SHOWN = "Half an hour &lt;b&gt;of careful&lt;/b&gt; writing."
SENT = {"version": 1, "part": "situation", "text": TYPED, "body": TYPED, "started_from": '{"text": "The start of it"}'}


def given_back(answer: HttpResponse, status: int) -> str:
    page = answer.content.decode()
    assert answer.status_code == status
    assert "What you wrote was not saved." in page
    assert SHOWN in page
    assert "The start of it" not in page
    assert answer["Cache-Control"] == "no-store"
    return page


@pytest.mark.django_db
class TestWordsThatCameTooLate:
    @pytest.fixture
    def gone(self) -> tuple[Cast, str]:
        """A statement that somebody took out while others wrote about it: the path of its section."""
        cast = Cast()
        cast.write_problem()
        row = ProblemStatement.objects.get()
        archive_statement(actor=cast.rep, statement_id=row.pk, version=1)
        return cast, f"/deals/{cast.deal.pk}/problem/"

    def test_a_guest_gets_them_back_with_the_reason(self, gone: tuple[Cast, str]) -> None:
        cast, section = gone
        row, client = ProblemStatement.objects.get(), client_of(cast.ingrid.contact)
        for more in ({}, {"do": "say"}):
            answer = client.post(f"/room/{cast.deal.room_id}{section}{row.pk}/", SENT | more)
            assert "It was taken out while you were writing" in given_back(answer, 404)

    def test_staff_get_them_back_as_well(self, gone: tuple[Cast, str], client: Client) -> None:
        cast, section = gone
        client.force_login(cast.maya)
        answer = client.post(f"{section}statements/{ProblemStatement.objects.get().pk}/", SENT)
        assert "It was taken out while you were writing" in given_back(answer, 404)

    def test_what_may_not_be_done_keeps_its_own_reason(self, client: Client) -> None:
        cast = Cast()
        quote = {"part": "quote", "text": "We lose money."}
        row = add_statement(actor=cast.buyer, deal_id=cast.deal.pk, values=quote)
        client.force_login(cast.maya)
        answer = client.post(f"/deals/{cast.deal.pk}/problem/statements/{row.pk}/", SENT | {"part": "quote"})
        assert "Only the side that said this" in given_back(answer, 403)

    def test_nothing_is_repeated_that_no_form_of_ours_sent(self, gone: tuple[Cast, str]) -> None:
        cast, section = gone
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(cast.maya)
        url = f"{section}statements/{ProblemStatement.objects.get().pk}/"
        for path, status in ((url, 403), ("/no/such/page/", 404)):
            answer = strict.post(path, SENT)
            assert answer.status_code == status
            assert SHOWN not in answer.content.decode()


@pytest.mark.django_db(transaction=True)
class TestMailServerIsDown:
    @pytest.fixture(autouse=True)
    def down(self) -> Iterator[None]:
        with patch("crm.mail.invitation.send", side_effect=OSError("down")):
            yield

    def test_an_invitation_over_rest_says_what_stands(self) -> None:
        cast = Cast()
        contact = cast.contact("Ruth Abara")
        api = Caller(make_key(cast.maya))
        answer = api.post(f"/rooms/{cast.deal.room_id}/participants/", {"contact": str(contact.pk)})
        assert "Invite again" in problem_of(answer, 503, "mail_not_sent")["detail"]
        assert Participant.objects.active().filter(contact=contact).exists()

    def test_a_colleague_whom_the_room_welcomes_is_in_all_the_same(self) -> None:
        cast = Cast()
        change_organization(
            actor=cast.rep, organization_id=cast.halvorsen.pk, version=1, values={"domain": "halvorsen.example"}
        )
        welcome_colleagues(actor=cast.rep, room_id=cast.deal.room_id, welcome=True)
        url = reverse("room:people", args=[cast.deal.room_id])
        sent = {"name": "Ruth Abara", "email": "ruth@halvorsen.example"}
        answer = client_of(cast.ingrid.contact).post(url, sent)
        assert answer.status_code == 503
        assert "Everything is written down" in answer.content.decode()
        assert Participant.objects.active().filter(contact__name="Ruth Abara").exists()
