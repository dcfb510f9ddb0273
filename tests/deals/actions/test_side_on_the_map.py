"""Nobody comes into a room on another side than the one the map of people has them on."""

import pytest
from django.test import Client
from django.urls import reverse

from crm.actions.access_request import approve_access_request, request_access, welcome_colleagues
from crm.actions.organization import change_organization
from crm.actions.participant import invite_contact, revoke_participant
from crm.errors import Invalid
from crm.models import Contact, Participant
from crm.queries.participant import access_table
from deals.actions.stakeholder import add_stakeholder
from deals.models import Stakeholder
from tests.api.caller import Caller, make_key, problem_of
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def on_the_map(cast: Cast, name: str, side: str) -> Contact:
    contact = cast.contact(name)
    add_stakeholder(actor=cast.rep, deal_id=cast.deal.pk, values={"side": side, "contact": contact.pk})
    return contact


def invite(cast: Cast, contact: Contact, **values) -> Participant:
    return invite_contact(actor=cast.rep, room_id=cast.deal.room_id, contact_id=contact.pk, **values)


def test_a_partner_of_the_map_comes_in_as_one_and_never_answers(cast: Cast) -> None:
    grant = invite(cast, on_the_map(cast, "Pia Lund", "partner"))
    assert (grant.side, grant.may_answer, grant.sections) == ("partner", False, None)


def test_a_buyer_of_the_map_may_answer(cast: Cast) -> None:
    grant = invite(cast, on_the_map(cast, "Aisha Karim", "buyer"))
    assert (grant.side, grant.may_answer) == ("buyer", True)


@pytest.mark.parametrize(("named", "wanted"), [("partner", "buyer"), ("buyer", "partner"), ("seller", "buyer")])
def test_another_side_is_refused_with_what_to_do(cast: Cast, client: Client, named: str, wanted: str) -> None:
    contact = on_the_map(cast, "Pia Lund", named)
    with pytest.raises(Invalid) as refusal:
        invite(cast, contact, side=wanted)
    assert [(fault.field, fault.code) for fault in refusal.value.faults] == [("side", "other_side")]
    client.force_login(cast.maya)
    page = reverse("crm:room_access", args=[cast.deal.room_id])
    sent = {"contact": str(contact.pk), "side": wanted, "next": page}
    answer = client.post(reverse("crm:invite", args=[cast.deal.room_id]), sent, follow=True)
    assert "Change the map first" in answer.text
    sent = {"contact": str(contact.pk), "side": wanted}
    over_rest = Caller(make_key(cast.maya)).post(f"/rooms/{cast.deal.room_id}/participants/", sent)
    assert [one["code"] for one in problem_of(over_rest, 400)["errors"]] == ["other_side"]
    assert not Participant.objects.filter(contact=contact).exists()


def test_what_the_other_side_keeps_to_itself_decides_nothing(cast: Cast) -> None:
    contact = on_the_map(cast, "Pia Lund", "buyer")
    Stakeholder.objects.filter(contact=contact).update(private_to="buyer")
    assert invite(cast, contact, side="partner").side == "partner"


def test_who_was_invited_wrongly_is_marked_and_put_right_by_inviting_again(cast: Cast, client: Client) -> None:
    grant = invite(cast, cast.contact("Pia Lund"))
    add_stakeholder(actor=cast.rep, deal_id=cast.deal.pk, values={"side": "partner", "contact": grant.contact_id})
    client.force_login(cast.maya)
    page = client.get(reverse("crm:room_access", args=[cast.deal.room_id])).text
    assert "Came in as: Buyer. On the map of people: Partner." in page
    assert invite(cast, grant.contact, side="buyer").side == "buyer", "a new link changes nothing else"
    revoke_participant(actor=cast.rep, participant_id=grant.pk)
    client.post(reverse("crm:participant", args=[grant.pk]), {"do": "invite"})
    grant.refresh_from_db()
    assert (grant.is_active, grant.side, grant.may_answer) == (True, "partner", False)
    assert [row.named for row in access_table(cast.rep, cast.deal.room).rows if row.grant == grant] == [""]


def test_a_colleague_asked_for_is_not_let_in_on_another_side(cast: Cast) -> None:
    contact = on_the_map(cast, "Pia Lund", "partner")
    asked = request_access(actor=cast.buyer, room_id=cast.deal.room_id, name=contact.name, email=contact.email)
    with pytest.raises(Invalid):
        approve_access_request(actor=cast.rep, request_id=asked.pk, version=asked.version)


def test_nor_without_asking_where_colleagues_are_welcome(cast: Cast) -> None:
    change_organization(
        actor=cast.rep, organization_id=cast.halvorsen.pk, version=1, values={"domain": "halvorsen.example"}
    )
    welcome_colleagues(actor=cast.rep, room_id=cast.deal.room_id, welcome=True)
    on_the_map(cast, "Pia Lund", "partner")
    for name, is_in in (("Pia Lund", False), ("Ruth Abara", True)):
        email = f"{name.lower().replace(' ', '.')}@halvorsen.example"
        asked = request_access(actor=cast.buyer, room_id=cast.deal.room_id, name=name, email=email)
        assert (asked.state == "approved") is is_in
