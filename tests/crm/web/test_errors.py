"""The pages for what cannot be shown, and what refusals become."""

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from django.test import Client
from django.urls import reverse

from crm.actions.access_request import welcome_colleagues
from crm.actions.organization import change_organization
from crm.api.errors import TITLES
from crm.errors import DomainError
from crm.models import Participant
from crm.web.errors import HEADINGS
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


def kinds(base: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    yield base
    for one in base.__subclasses__():
        yield from kinds(one)


def test_every_refusal_has_a_page_and_a_problem() -> None:
    assert {one.status for one in kinds()} <= HEADINGS.keys() & TITLES.keys()


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
