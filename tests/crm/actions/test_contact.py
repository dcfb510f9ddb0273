"""The directory of contacts: what is private stays so, and a mailbox is not exchanged behind anybody's back."""

from uuid import uuid4

import pytest

from crm.actions.contact import archive_contact, change_contact, create_contact, restore_contact
from crm.actions.participant import invite_contact
from crm.actions.sign_in import Browser, request_code_by_email
from crm.actors import as_user
from crm.clock import now
from crm.errors import Invalid, NotAllowed, NotFound, Stale
from crm.models import Contact, Event, RoomSession, SignInCode
from crm.queries.live import RoomReader, room_readers
from crm.queries.sign_in import access_log, find_participant, find_session
from crm.secrets import new_token
from tests.cast import Cast
from tests.crm.room.door import come_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Browser:
    return Browser(new_token(), "192.0.2.7", "Firefox")


def test_a_contact_is_added(cast: Cast) -> None:
    contact = create_contact(
        actor=cast.rep,
        values={"name": "Ruth Abara", "organization": cast.halvorsen.pk, "email": "Ruth@Halvorsen.example"},
    )
    assert (contact.email, contact.created_by, contact.time_zone) == ("ruth@halvorsen.example", cast.maya, "UTC")


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"name": "a\nb"}, "name", "one_line"),
        ({"name": "\u202e\x07"}, "name", "control_character"),
        ({"name": "a", "email": "no address"}, "email", "not_an_email"),
        ({"name": "a", "phone": "1" * 41}, "phone", "too_long"),
        ({"name": "a", "time_zone": "Mars/Olympus"}, "time_zone", "not_a_time_zone"),
        ({"name": "a", "locale": "tlh"}, "locale", "not_a_choice"),
        ({"name": "a", "organization": uuid4()}, "organization", "unknown"),
    ],
)
def test_bad_words_are_told_at_their_field(cast: Cast, values: dict, field: str, code: str) -> None:
    with pytest.raises(Invalid) as error:
        create_contact(actor=cast.rep, values=values)
    assert [(fault.field, fault.code) for fault in error.value.faults] == [(field, code)]


def test_who_shares_no_room_cannot_change_the_address(cast: Cast) -> None:
    ingrid = cast.ingrid.contact
    with pytest.raises(Invalid) as error:
        change_contact(
            actor=as_user(cast.stranger), contact_id=ingrid.pk, version=1, values={"email": "sam@elsewhere.example"}
        )
    assert error.value.faults[0].code == "not_visible"
    assert (
        change_contact(actor=as_user(cast.stranger), contact_id=ingrid.pk, version=1, values={"title": "COO"}).title
        == "COO"
    )


def test_a_new_address_ends_the_old_ways_in_and_is_told_in_the_room(cast: Cast) -> None:
    at = now()
    session = RoomSession.objects.create(
        contact=cast.ingrid.contact, key_hash="a" * 64, created_at=at, last_seen_at=at, fresh_at=at, expires_at=at
    )
    change_contact(
        actor=cast.rep, contact_id=cast.ingrid.contact_id, version=1, values={"email": "new@halvorsen.example"}
    )
    session.refresh_from_db()
    assert session.ended_at is not None
    told = Event.objects.visible_to(cast.buyer).get(type="participant.address_changed")
    assert told.subject_id == cast.ingrid.pk


def test_versions_and_archive(cast: Cast) -> None:
    contact = cast.contact("Erik Nyström")
    change_contact(actor=cast.rep, contact_id=contact.pk, version=1, values={"title": "Commercial Director"})
    with pytest.raises(Stale):
        archive_contact(actor=cast.rep, contact_id=contact.pk, version=1)
    assert archive_contact(actor=cast.rep, contact_id=contact.pk, version=2).archived_at is not None
    assert Contact.objects.filter(archived_at=None, pk=contact.pk).first() is None


def test_who_leaves_the_directory_comes_in_as_before(cast: Cast, browser: Browser) -> None:
    """Whoever keeps the directory may see none of the rooms: it must not be a way to shut somebody out of them."""
    contact = cast.ingrid.contact
    session, token = come_in(contact)
    archive_contact(actor=as_user(cast.stranger), contact_id=contact.pk, version=contact.version)
    assert find_participant(token, cast.deal.room_id) == cast.ingrid
    assert find_session(token) == session
    assert isinstance(room_readers({session.pk})[session.pk], RoomReader)
    request_code_by_email(email=contact.email, browser=browser)
    assert SignInCode.objects.filter(contact=contact, consumed_at=None).exists()
    assert invite_contact(actor=cast.rep, room_id=cast.deal.room_id, contact_id=contact.pk) == cast.ingrid


def test_who_left_the_directory_is_let_into_no_other_room(cast: Cast) -> None:
    contact = cast.contact("Erik Nyström")
    archive_contact(actor=cast.rep, contact_id=contact.pk, version=1)
    with pytest.raises(Invalid) as error:
        invite_contact(actor=cast.rep, room_id=cast.deal.room_id, contact_id=contact.pk)
    assert error.value.faults[0].code == "unknown"


def test_a_contact_is_put_back(cast: Cast) -> None:
    contact = cast.contact("Erik Nyström")
    archive_contact(actor=cast.rep, contact_id=contact.pk, version=1)
    with pytest.raises(Stale):
        restore_contact(actor=cast.rep, contact_id=contact.pk, version=1)
    assert restore_contact(actor=cast.rep, contact_id=contact.pk, version=2).archived_at is None
    assert Event.objects.get(type="contact.restored").subject_id == contact.pk


def test_who_was_erased_does_not_come_back(cast: Cast) -> None:
    contact = cast.contact("Erik Nyström")
    Contact.objects.filter(pk=contact.pk).update(archived_at=now(), erased_at=now())
    with pytest.raises(NotFound):
        restore_contact(actor=cast.rep, contact_id=contact.pk, version=1)


def test_nobody_from_outside_writes_here(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        create_contact(actor=cast.buyer, values={"name": "A colleague"})


def test_who_only_reads_in_a_room_cannot_lead_its_codes_elsewhere(cast: Cast) -> None:
    ingrid = cast.ingrid.contact
    with pytest.raises(Invalid) as error:
        change_contact(
            actor=as_user(cast.colleague), contact_id=ingrid.pk, version=1, values={"email": "jo@elsewhere.example"}
        )
    assert error.value.faults[0].code == "not_writable"


@pytest.mark.parametrize("field", ["name", "organization"])
def test_who_writes_in_none_of_their_rooms_gives_nobody_another_name(cast: Cast, field: str) -> None:
    ingrid, values = cast.ingrid.contact, {"name": "Bogdan Other", "organization": None}
    for actor in (as_user(cast.stranger), as_user(cast.colleague)):
        with pytest.raises(Invalid) as error:
            change_contact(actor=actor, contact_id=ingrid.pk, version=1, values={field: values[field]})
        assert [(fault.field, fault.code) for fault in error.value.faults] == [(field, "not_writable")]
    outside = cast.contact("Erik Nyström")
    change_contact(actor=as_user(cast.stranger), contact_id=outside.pk, version=1, values={"name": "Erik Nystrom"})


def test_a_new_name_is_told_in_their_rooms(cast: Cast) -> None:
    assert cast.daniel
    change_contact(
        actor=as_user(cast.admin), contact_id=cast.ingrid.contact_id, version=1, values={"name": "Ingrid Berg"}
    )
    told = Event.objects.visible_to(cast.buyer).get(type="participant.facts_changed")
    assert (told.subject_id, told.data) == (cast.ingrid.pk, {"fields": ["name"]})
    assert "changed the name or the client of Ingrid Berg" in [
        str(one.sentence).removeprefix(f"{cast.admin.name} ") for one in access_log(cast.rep, cast.deal.room_id)
    ]
