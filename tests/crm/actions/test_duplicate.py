"""Which entries look like one, that they are found as they come in, and that what was set apart stays so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.actions.duplicate import compare, compare_all, look_for_duplicates, set_apart
from crm.actions.organization import change_organization, create_organization
from crm.actors import as_user
from crm.errors import NotAllowed, NotFound, Refused
from crm.models import Contact, Event, LikelyPair, Organization
from crm.queries.duplicate import likely_pairs, open_pairs
from crm.rules.duplicate import core, look_alike
from tests.cast import Cast

pytestmark = pytest.mark.django_db

SAME = [
    ("Halvorsen Foods", "Halvorsen Foods AS"),
    ("Halvorsen Foods", "HALVORSEN FOODS, Inc."),
    ("Halvorsen Foods", "Halvorsn Foods"),
    ("Müller GmbH", "Muller"),
    ("The Kestrel Company", "Kestrel"),
    ("Blue Bird", "Bluebird S.A."),
]
OTHERS = [("Branch 1", "Branch 2"), ("Northwind", "Southwind"), ("GmbH", "AG"), ("", "Kestrel"), ("Ann", "Jan")]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_names_that_mean_the_same(one: str, other: str) -> None:
    assert look_alike(one, other)


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_names_that_do_not(one: str, other: str) -> None:
    assert not look_alike(one, other)


@given(one=st.text(max_size=60), other=st.text(max_size=60))
def test_alike_goes_both_ways(one: str, other: str) -> None:
    assert look_alike(one, other) == look_alike(other, one)
    assert core(core(one)) == core(one)
    assert look_alike(one, one) == bool(core(one))


def deliver(type: str) -> None:
    for event in Event.objects.filter(type=type):
        look_for_duplicates(event)


def add(cast: Cast, **values: str) -> Organization:
    return create_organization(actor=cast.rep, values=values)


def test_a_new_client_is_compared(cast: Cast) -> None:
    twin = add(cast, name="Halvorsen Foods AS")
    add(cast, name="Something else")
    deliver("organization.created")
    deliver("organization.created")
    pair = LikelyPair.objects.get()
    assert {pair.first_id, pair.second_id} == {twin.pk, cast.halvorsen.pk}
    change_organization(actor=cast.rep, organization_id=twin.pk, version=1, values={"name": "Quite another"})
    deliver("organization.changed")
    assert not LikelyPair.objects.exists()


def test_one_domain_is_a_reason(cast: Cast) -> None:
    add(cast, name="Kestrel", domain="kestrel.example")
    add(cast, name="Outdoor House", domain="KESTREL.example")
    assert compare_all() > 2
    (likely,) = likely_pairs(cast.rep, "organization").pairs
    assert (likely.first.name, list(map(str, likely.reasons))) == ("Kestrel", ["the same domain"])


def test_what_was_set_apart_stays_apart(cast: Cast) -> None:
    twin = add(cast, name="Halvorsen Foods AS")
    compare("organization", twin)
    pair = LikelyPair.objects.get()
    set_apart(actor=cast.rep, pair_id=pair.pk)
    set_apart(actor=cast.rep, pair_id=pair.pk)
    compare("organization", twin)
    assert not open_pairs(cast.rep).exists()
    assert LikelyPair.objects.count() == 1
    with pytest.raises(NotAllowed):
        set_apart(actor=cast.buyer, pair_id=pair.pk)
    with pytest.raises(NotFound):
        set_apart(actor=cast.rep, pair_id=twin.pk)


def test_people_of_one_name_are_the_same_where_they_work_together(cast: Cast) -> None:
    elsewhere = add(cast, name="Elsewhere")
    for organization in (cast.halvorsen, elsewhere):
        twin = cast.contact("Ingrid Solberg")
        Contact.objects.filter(pk=twin.pk).update(email="", organization=organization, created_by=cast.maya)
    compare_all()
    assert [one.reasons for one in open_pairs(cast.rep).filter(kind="contact")] == [["name"]]


def test_pairs_of_people_are_for_who_sees_their_addresses(cast: Cast) -> None:
    twin = cast.contact("I. S.")
    Contact.objects.filter(pk=twin.pk).update(email=cast.ingrid.contact.email.upper())
    compare("contact", Contact.objects.get(pk=twin.pk))
    pair = LikelyPair.objects.get()
    assert pair.reasons == ["email"]
    assert not open_pairs(cast.rep).exists()
    assert open_pairs(as_user(cast.admin)).exists()
    with pytest.raises(Refused):
        set_apart(actor=cast.rep, pair_id=pair.pk)
