"""Only buyers answer for buyers: nobody of the selling side is let in with a mailbox of ours."""

import pytest

from crm.actions.access_request import request_access
from crm.actions.contact import change_contact, create_contact
from crm.actions.participant import invite_contact
from crm.actions.user import create_user
from crm.actors import as_user
from crm.errors import Invalid, Refused
from crm.models import Contact, Participant
from tests.cast import Cast

pytestmark = pytest.mark.django_db
OURS = ["maya.okafor@nordlicht.example", "Maya.Okafor+buyer@NORDLICHT.example", "anybody@nordlicht.ventures"]


@pytest.fixture
def cast(settings) -> Cast:
    settings.ORGANIZATION_DOMAINS = ["nordlicht.ventures"]
    cast = Cast()
    cast.maya.email = "maya.okafor@nordlicht.example"
    cast.maya.save()
    return cast


@pytest.mark.parametrize("address", OURS)
def test_an_address_of_ours_is_no_contacts(cast: Cast, address: str) -> None:
    with pytest.raises(Invalid) as refusal:
        create_contact(actor=cast.rep, values={"name": "Astrid Fjell", "email": address})
    assert [(fault.field, fault.code) for fault in refusal.value.faults] == [("email", "our_own")]
    cast.ingrid.refresh_from_db()
    with pytest.raises(Invalid):
        change_contact(actor=cast.rep, contact_id=cast.ingrid.contact_id, version=1, values={"email": address})
    with pytest.raises(Invalid):
        request_access(actor=cast.buyer, room_id=cast.deal.room_id, name="Astrid Fjell", email=address)


def test_somebody_entered_before_with_an_address_of_ours_is_not_let_in(cast: Cast) -> None:
    astrid = cast.contact("Astrid Fjell")
    Contact.objects.filter(pk=astrid.pk).update(email=OURS[0])
    with pytest.raises(Refused) as refusal:
        invite_contact(actor=cast.rep, room_id=cast.deal.room_id, contact_id=astrid.pk)
    assert refusal.value.code == "our_own"
    assert not Participant.objects.filter(contact=astrid).exists()


def test_a_colleague_does_not_get_the_address_of_somebody_who_is_let_in(cast: Cast) -> None:
    admin, address = as_user(cast.admin), cast.ingrid.contact.email
    with pytest.raises(Invalid) as refusal:
        create_user(actor=admin, values={"email": address, "name": "Ingrid S.", "role": "rep"})
    assert [(fault.field, fault.code) for fault in refusal.value.faults] == [("email", "lets_in")]


def test_other_addresses_at_the_same_provider_are_nobody_elses_business(cast: Cast) -> None:
    assert create_contact(actor=cast.rep, values={"name": "Liv", "email": "liv@nordlicht.example"}).pk
