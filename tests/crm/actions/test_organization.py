"""The directory of organisations, on PostgreSQL."""

from uuid import uuid4

import pytest

from crm.actions.organization import archive_organization, change_organization, create_organization
from crm.errors import Invalid, NotAllowed, NotFound, Stale
from crm.models import CustomField, Event, Organization
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return Cast()


def make(cast: Cast, name: str = "Halvorsen Foods", **values: object) -> Organization:
    return create_organization(actor=cast.rep, values={"name": name, **values})


def codes(error: pytest.ExceptionInfo[Invalid]) -> dict[str, str]:
    return {fault.field: fault.code for fault in error.value.faults}


def test_an_organization_is_added_with_its_event(cast: Cast) -> None:
    parent = make(cast, "Halvorsen Group")
    child = make(cast, "מזון 🍏", parent=str(parent.pk), website="halvorsen.example")
    assert (child.parent, child.website) == (parent, "https://halvorsen.example")
    assert Event.objects.filter(type="organization.created", subject_id=child.pk).get().by_user == cast.maya


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"name": ""}, {"name": "required"}),
        ({"name": "a\x00b"}, {"name": "control_character"}),
        ({"name": "a" * 201}, {"name": "too_long"}),
        ({"name": 7}, {"name": "not_text"}),
        ({"name": "a", "parent": uuid4()}, {"parent": "unknown"}),
        ({"name": "a", "parent": "no id"}, {"parent": "unknown"}),
        ({"name": "a", "website": "javascript:alert(1)"}, {"website": "not_a_url"}),
        ({"name": "a", "colour": "red"}, {"colour": "unknown"}),
        ({"name": "a", "custom": {"erp": "x"}}, {"custom.erp": "unknown"}),
        ({"name": "a", "custom": []}, {"custom": "not_an_object"}),
    ],
)
def test_bad_words_are_told_at_their_field(cast: Cast, values: dict, code: dict) -> None:
    with pytest.raises(Invalid) as error:
        create_organization(actor=cast.rep, values=values)
    assert codes(error) == code
    assert not Organization.objects.exists()


def test_custom_fields_are_checked_and_merged(cast: Cast) -> None:
    CustomField.objects.create(on="organization", key="stores", label="Stores", type="number")
    organization = make(cast, custom={"stores": "214"})
    changed = change_organization(
        actor=cast.rep, organization_id=organization.pk, version=1, values={"custom": {"stores": None}}
    )
    assert (organization.custom, changed.custom) == ({"stores": "214"}, {})


def test_nothing_stands_below_itself(cast: Cast) -> None:
    top = make(cast, "Top")
    middle = make(cast, "Middle", parent=top.pk)
    low = make(cast, "Low", parent=middle.pk)
    for parent in (top, low):
        with pytest.raises(Invalid) as error:
            change_organization(actor=cast.rep, organization_id=top.pk, version=1, values={"parent": parent.pk})
        assert codes(error) == {"parent": "loop"}


def test_the_second_writer_is_told(cast: Cast) -> None:
    organization = make(cast)
    change_organization(actor=cast.rep, organization_id=organization.pk, version=1, values={"city": "Duluth"})
    with pytest.raises(Stale) as error:
        change_organization(actor=cast.rep, organization_id=organization.pk, version=1, values={"city": "Oslo"})
    assert error.value.current.city == "Duluth"


def test_saving_the_same_changes_nothing(cast: Cast) -> None:
    organization = make(cast)
    same = change_organization(
        actor=cast.rep, organization_id=organization.pk, version=1, values={"name": organization.name}
    )
    assert same.version == 1
    assert not Event.objects.filter(type="organization.changed").exists()


def test_what_is_archived_is_gone_for_writers(cast: Cast) -> None:
    organization = make(cast)
    archive_organization(actor=cast.rep, organization_id=organization.pk, version=1)
    with pytest.raises(NotFound):
        change_organization(actor=cast.rep, organization_id=organization.pk, version=2, values={"name": "New"})
    with pytest.raises(NotFound):
        archive_organization(actor=cast.rep, organization_id=uuid4(), version=1)


def test_nobody_from_outside_writes_here(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        create_organization(actor=cast.buyer, values={"name": "Mine"})
