"""The staff's table of who can come in: inviting, changing and taking back over HTTP."""

import pytest
from django.core import mail
from django.test import Client

from crm.models import Participant
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return Cast()


def test_inviting_changing_and_taking_back(cast: Cast, client: Client, django_capture_on_commit_callbacks) -> None:
    contact, client_page = cast.contact("Aisha Karim"), f"/rooms/{cast.deal.room_id}/invitations/"
    client.force_login(cast.maya)
    with django_capture_on_commit_callbacks(execute=True):
        sent = {"contact": str(contact.pk), "side": "buyer", "limited": "on", "sections": ["criteria"], "next": "/x"}
        assert client.post(client_page, sent).url == "/x"
    grant = Participant.objects.get()
    assert (grant.sections, grant.may_answer) == (["criteria"], False)
    assert mail.outbox[0].to == [contact.email]
    url = f"/participants/{grant.pk}/"
    client.post(url, {"do": "change", "version": grant.version, "may_answer": "on"})
    grant.refresh_from_db()
    assert (grant.sections, grant.may_answer) == (None, True)
    client.post(url, {"do": "revoke"})
    grant.refresh_from_db()
    assert not grant.is_active
    client.post(url, {"do": "invite"})
    grant.refresh_from_db()
    assert grant.is_active


@pytest.mark.parametrize("contact", ["", "nonsense", "00000000-0000-0000-0000-000000000000"])
def test_nobody_unknown_is_invited(cast: Cast, client: Client, contact: str) -> None:
    client.force_login(cast.maya)
    page = f"/rooms/{cast.deal.room_id}/invitations/"
    assert client.post(page, {"contact": contact, "next": "//evil.example"}).url == "/"
    assert not Participant.objects.exists()


def test_others_cannot(cast: Cast, client: Client) -> None:
    page = f"/rooms/{cast.deal.room_id}/invitations/"
    sent = {"contact": str(cast.contact("Aisha Karim").pk)}
    assert "login" in client.post(page, sent).url
    for user, status in ((cast.colleague, 403), (cast.stranger, 404)):
        client.force_login(user)
        assert client.post(page, sent).status_code == status
        assert client.post(f"/participants/{cast.ingrid.pk}/", {"do": "revoke"}).status_code == status
    assert cast.ingrid.is_active
