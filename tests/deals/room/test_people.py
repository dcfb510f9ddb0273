"""Who has a part in it, written by guests too: their own side's people, in their own words."""

from copy import deepcopy

import pytest
from django.test import Client

from crm.errors import Invalid
from crm.models import Participant
from deals.actions.stakeholder import add_stakeholder, edit_stakeholder
from deals.models import Stakeholder
from tests.cast import Cast
from tests.crm.room.door import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> tuple[Cast, Stakeholder]:
    """Ingrid and Daniel are in the room, Ingrid is on the map."""
    cast = Cast()
    assert cast.daniel.is_active
    named = {"side": "buyer", "contact": cast.ingrid.contact_id, "wants": "Shelves full by summer."}
    return cast, add_stakeholder(actor=cast.rep, deal_id=cast.deal.pk, values=named)


@pytest.fixture
def cast(told: tuple[Cast, Stakeholder]) -> Cast:
    return deepcopy(told[0])


@pytest.fixture
def client(cast: Cast) -> Client:
    return client_of(cast.ingrid.contact)


def url(cast: Cast, row: Stakeholder | None = None) -> str:
    return f"/room/{cast.deal.room_id}/deals/{cast.deal.pk}/people/{f'{row.pk}/' if row else ''}"


def test_a_guest_adds_somebody_of_their_side_who_is_in_the_room(cast: Cast, client: Client) -> None:
    form = client.get(url(cast), {"add": "new"}).content.decode()
    assert f'<option value="{cast.daniel.contact_id}">Daniel Reyes</option>' in form
    assert f'<option value="{cast.ingrid.contact_id}">' not in form
    sent = {"contact": str(cast.daniel.contact_id), "roles": ["economic_buyer", "legal"], "wants": "Prove it. 🍓 שלום"}
    page = client.post(url(cast), sent, follow=True).content.decode()
    daniel = Stakeholder.objects.get(contact=cast.daniel.contact)
    assert (daniel.side, daniel.roles, daniel.by_contact) == ("buyer", sent["roles"], cast.ingrid.contact)
    assert "Prove it. 🍓 שלום" in page
    assert "Holds the budget" in page


def test_a_place_is_added_and_filled_later(cast: Cast, client: Client) -> None:
    client.post(url(cast), {"place": "Our security lead", "wants": ""})
    place = Stakeholder.objects.get(place="Our security lead")
    assert place.side == "buyer"
    sent = {"contact": str(cast.daniel.contact_id), "place": "Our security lead", "version": place.version}
    assert client.post(url(cast, place), sent).status_code == 302
    place.refresh_from_db()
    assert (place.contact, place.place) == (cast.daniel.contact, "")


def test_ones_own_entry_is_put_right_in_ones_own_words(cast: Cast, client: Client) -> None:
    mine = Stakeholder.objects.get(contact=cast.ingrid.contact)
    page = client.get(url(cast), {"edit": str(mine.pk)}).content.decode()
    assert "What you want to get out of it" in page
    assert 'name="place"' not in page
    sent = {"wants": "And no surprises after we sign.", "wants_is_quoted": "on", "version": mine.version}
    assert "“And no surprises after we sign.”" in client.post(url(cast, mine), sent, follow=True).content.decode()


def test_nobody_is_named_who_is_not_in_the_room_or_on_another_side(cast: Cast, client: Client) -> None:
    outside = cast.contact("Nils Holm")
    for sent in ({"contact": str(outside.pk)}, {"contact": "nonsense"}, {}, {"place": "x" * 201}, {"place": "a\x00"}):
        response = client.post(url(cast), sent | {"wants": "Kept as typed."})
        assert response.status_code == 422
        assert "Kept as typed." in response.content.decode()
    assert Stakeholder.objects.count() == 1
    with pytest.raises(Invalid) as refusal:
        add_stakeholder(actor=cast.buyer, deal_id=cast.deal.pk, values={"side": "seller", "place": "Their lawyer"})
    assert [fault.code for fault in refusal.value.faults] == ["wrong_side"]


def test_a_draft_of_the_map_stays_with_its_side_until_it_is_shared(cast: Cast, client: Client) -> None:
    client.post(url(cast), {"place": "Our works council", "private": "on"})
    draft = Stakeholder.objects.get(place="Our works council")
    assert not Stakeholder.objects.visible_to(cast.rep).filter(pk=draft.pk).exists()
    client.post(url(cast, draft), {"do": "share", "version": draft.version})
    assert Stakeholder.objects.visible_to(cast.rep).filter(pk=draft.pk).exists()


def test_roles_that_two_people_changed_are_put_together(cast: Cast, client: Client) -> None:
    mine = Stakeholder.objects.get(contact=cast.ingrid.contact)
    opened = client.get(url(cast), {"edit": str(mine.pk)}).context["form"]
    started = {"version": mine.version, "started_from": opened["started_from"].value(), "wants": mine.wants}
    edit_stakeholder(
        actor=cast.rep, stakeholder_id=mine.pk, version=mine.version, values={"roles": ["executive", "legal"]}
    )
    response = client.post(url(cast, mine), started | {"roles": ["decision_maker"]})
    assert "said=merged" in response.url
    mine.refresh_from_db()
    assert mine.roles == ["executive", "legal", "decision_maker"]


def test_the_page_says_whose_access_leaves_it_out(cast: Cast, client: Client) -> None:
    assert "Everybody in this room reads this. " in client.get(url(cast)).content.decode()
    cast.let_in(cast.contact("Sander Bakke"), side="partner", sections=["criteria"])
    assert "Everybody in this room reads this, except Sander Bakke." in client.get(url(cast)).content.decode()


def test_a_partner_adds_to_the_partners_side(cast: Cast) -> None:
    sander = cast.let_in(cast.contact("Sander Bakke"), side="partner")
    response = client_of(sander.contact).post(url(cast), {"place": "Who stands in for Sander?"})
    assert response.status_code == 302
    assert Stakeholder.objects.get(place="Who stands in for Sander?").side == "partner"
    assert Participant.objects.get(pk=sander.pk).side == "partner"


def test_the_page_costs_the_same_for_more_people(cast: Cast, client: Client, assert_query_baseline) -> None:
    for number in range(12):
        add_stakeholder(actor=cast.rep, deal_id=cast.deal.pk, values={"side": "buyer", "place": f"Planner {number}"})
    with assert_query_baseline("deals_room:people"):
        client.get(url(cast))


def test_only_what_our_side_wrote_unquoted_is_called_a_guess(cast: Cast, client: Client) -> None:
    mine = Stakeholder.objects.get(contact=cast.ingrid.contact)
    assert "guesses so" in client.get(url(cast)).content.decode()
    client.post(url(cast, mine), {"wants": "No surprises after we sign.", "version": mine.version})
    staff = Client()
    staff.force_login(cast.maya)
    for page in (client.get(url(cast)), staff.get(f"/deals/{cast.deal.pk}/people/")):
        words = page.content.decode()
        assert "No surprises after we sign." in words
        assert "guess" not in words
