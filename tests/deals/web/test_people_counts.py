"""What a deal says about its people adds up: persons are counted, places are not, and nobody in the room is left out."""

import pytest
from django.urls import reverse

from crm.clock import now
from crm.models import Contact
from deals.actions.stakeholder import add_stakeholder
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def people(cast: Cast, signed_in) -> str:
    return str(signed_in(cast.maya).get(reverse("deals:section", args=[cast.deal.pk, "people"])).content.decode())


@pytest.mark.slow
def test_who_works_in_the_room_is_named_beside_an_empty_map(cast, signed_in) -> None:
    html = people(cast, signed_in)
    assert "Nobody on the map yet</small>" in html
    assert "In the room, not on the map: Maya Okafor" in html
    assert "0 people" not in html


@pytest.mark.slow
def test_a_place_that_nobody_fills_is_no_person(cast, signed_in) -> None:
    for who in ({"side": "seller", "user": cast.maya.pk}, {"side": "buyer", "place": "Their security lead"}):
        add_stakeholder(actor=cast.rep, deal_id=cast.deal.pk, values=who)
    html = people(cast, signed_in)
    assert "1 person, 1 place open</small>" in html
    assert "1 on the map" in html
    assert "not on the map: Maya" not in html


@pytest.mark.slow
def test_a_partner_on_the_map_can_be_invited(cast, signed_in) -> None:
    pia = Contact.objects.create(name="Pia Lund", email="pia@partner.example", created_at=now(), updated_at=now())
    add_stakeholder(actor=cast.rep, deal_id=cast.deal.pk, values={"side": "partner", "contact": pia.pk})
    html = people(cast, signed_in)
    assert f'<option value="{pia.pk}" data-set="partner">Pia Lund' in html
