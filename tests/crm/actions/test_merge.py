"""Putting two entries together and taking them apart: what moves, what stays, where ids lead, what changed since."""

from io import BytesIO
from typing import Any

import pytest

from crm.actions.access_request import welcome_colleagues
from crm.actions.attachment import add_attachment
from crm.actions.comment import add_comment
from crm.actions.contact import change_contact, restore_contact
from crm.actions.erasure import erase_contact
from crm.actions.merge import merge_entries, undo_merge
from crm.actions.organization import change_organization, create_organization
from crm.actors import Actor, as_participant, as_user
from crm.errors import Invalid, NotAllowed, NotFound, Refused, Stale
from crm.merging import what_follows
from crm.models import Attachment, Comment, Contact, Event, Merge, Organization, Participant, Room, Side
from crm.queries.contact import get_contact
from crm.queries.ledger import verify_rooms
from crm.queries.merge import left_in_words, preview
from crm.queries.organization import get_organization
from deals.actions.deal import change_deal, open_deal
from deals.actions.problem import add_statement
from deals.models import Deal, ProblemStatement
from tests.cast import Cast
from tests.crm.actions.test_consent import ask, say
from tests.crm.room.door import come_in

pytestmark = pytest.mark.django_db


def other(cast: Cast, **values: Any) -> Organization:
    return create_organization(
        actor=cast.rep, values={"name": "Halvorsen Foods AS", "domain": "halvorsen.example", **values}
    )


def merge(actor: Actor, kept: Any, merged: Any, take: tuple[str, ...] = ()) -> Merge:
    kept.refresh_from_db()
    merged.refresh_from_db()
    kind = "organization" if isinstance(kept, Organization) else "contact"
    return merge_entries(
        actor=actor, kind=kind, kept_id=kept.pk, merged_id=merged.pk, version=kept.version, merged_version=merged.version, take=take
    )  # fmt: skip


def undo(actor: Actor, one: Merge) -> Merge:
    return undo_merge(actor=actor, merge_id=one.pk, version=one.version)


def filled(cast: Cast) -> Organization:
    """Give another entry of Halvorsen a deal with its room, a person and a part."""
    twin = other(cast)
    open_deal(actor=cast.rep, title="Fresh bread", organization_id=twin.pk)
    cast.halvorsen  # noqa: B018 - made now
    person = cast.contact("Erik Nyström")
    change_contact(actor=as_user(cast.admin), contact_id=person.pk, version=1, values={"organization": twin.pk})
    create_organization(actor=cast.rep, values={"name": "Halvorsen Canada", "parent": twin.pk})
    return twin


def test_everything_moves_and_ids_lead_on(cast: Cast) -> None:
    twin = filled(cast)
    one = merge(cast.rep, cast.halvorsen, twin, ("domain",))
    assert {name: len(ids) for name, ids in one.moved.items()} == {"contacts": 1, "rooms": 1, "parts": 1, "deals": 1}
    for model in (Deal, Room, Contact):
        assert not model.objects.filter(organization=twin.pk).exists()
    assert get_organization(cast.rep, twin.pk).pk == cast.halvorsen.pk
    assert get_organization(cast.rep, twin.pk).domain == "halvorsen.example"
    assert Event.objects.get(type="organization.merged").data == {"merged": str(twin.pk), "merge": str(one.pk)}


def test_undoing_puts_everything_back(cast: Cast) -> None:
    twin = filled(cast)
    undone = undo(cast.rep, merge(cast.rep, cast.halvorsen, twin, ("name", "domain")))
    assert undone.left == {}
    twin.refresh_from_db()
    cast.halvorsen.refresh_from_db()
    assert (twin.archived_at, twin.merged_into_id) == (None, None)
    assert (cast.halvorsen.name, cast.halvorsen.domain) == ("Halvorsen Foods", "")
    for model in (Deal, Room, Contact):
        assert model.objects.filter(organization=twin.pk).count() == 1
    with pytest.raises(Stale):
        undo_merge(actor=cast.rep, merge_id=undone.pk, version=1)
    with pytest.raises(Refused):
        undo(cast.rep, undone)


def test_undoing_leaves_what_changed_since_and_says_so(cast: Cast) -> None:
    twin, elsewhere = filled(cast), other(cast, name="Elsewhere")
    one = merge(cast.rep, cast.halvorsen, twin, ("domain", "name"))
    deal = Deal.objects.get(title="Fresh bread")
    change_deal(actor=cast.rep, deal_id=deal.pk, version=deal.version, values={"organization": elsewhere.pk})
    kept = get_organization(cast.rep, cast.halvorsen.pk)
    change_organization(actor=cast.rep, organization_id=kept.pk, version=kept.version, values={"domain": "new.example"})
    undone = undo(cast.rep, one)
    assert undone.left == {"fields": ["domain"], "deals": [str(deal.pk)]}
    assert list(map(str, left_in_words(undone))) == ["Domain of their mail", "Deals: 1"]
    kept.refresh_from_db()
    assert (kept.name, kept.domain) == ("Halvorsen Foods", "new.example")


def test_whoever_has_the_merged_one_open_is_told(cast: Cast) -> None:
    twin = other(cast)
    merge(cast.rep, cast.halvorsen, twin)
    with pytest.raises(Refused) as told:
        change_organization(actor=cast.rep, organization_id=twin.pk, version=1, values={"city": "Oslo"})
    assert told.value.code == "merged"
    assert "Halvorsen Foods" in str(told.value.message)
    assert open_deal(actor=cast.rep, title="Later", organization_id=twin.pk).organization_id == cast.halvorsen.pk


def test_both_must_be_as_they_were_compared(cast: Cast) -> None:
    twin = other(cast)
    with pytest.raises(Stale):
        merge_entries(
            actor=cast.rep,
            kind="organization",
            kept_id=cast.halvorsen.pk,
            merged_id=twin.pk,
            version=1,
            merged_version=9,
        )
    with pytest.raises(Invalid):
        merge(cast.rep, twin, twin)
    with pytest.raises(Invalid):
        merge(cast.rep, cast.halvorsen, twin, ("shoe size",))
    merge(cast.rep, cast.halvorsen, twin)
    with pytest.raises(Refused):
        merge(cast.rep, cast.halvorsen, twin)
    with pytest.raises(NotAllowed):
        merge(cast.buyer, cast.halvorsen, twin)


def test_a_chain_leads_to_its_end_and_is_undone_from_there(cast: Cast) -> None:
    second, third = other(cast), other(cast, name="Halvorsen Group")
    first = merge(cast.rep, second, cast.halvorsen)
    last = merge(cast.rep, third, second)
    assert get_organization(cast.rep, cast.halvorsen.pk).pk == third.pk
    with pytest.raises(Refused):
        undo(cast.rep, first)
    undo(cast.rep, last)
    undo(cast.rep, first)
    assert get_organization(cast.rep, cast.halvorsen.pk).pk == cast.halvorsen.pk


def test_nobody_comes_to_stand_below_themselves(cast: Cast) -> None:
    top = other(cast, name="Top")
    between = create_organization(actor=cast.rep, values={"name": "Between", "parent": top.pk})
    low = create_organization(actor=cast.rep, values={"name": "Low", "parent": between.pk})
    one = merge(cast.rep, low, top)
    between.refresh_from_db()
    low.refresh_from_db()
    assert (low.parent_id, between.parent_id) == (None, low.pk)
    undo(cast.rep, one)
    between.refresh_from_db()
    low.refresh_from_db()
    assert (low.parent_id, between.parent_id) == (between.pk, top.pk)


def test_a_room_welcomes_nobody_of_another_domain(cast: Cast) -> None:
    twin = filled(cast)
    room = Room.objects.get(organization=twin)
    assert welcome_colleagues(actor=cast.rep, room_id=room.pk, welcome=True).welcomes_colleagues
    one = merge(cast.rep, cast.halvorsen, twin)
    assert not Room.objects.get(pk=room.pk).welcomes_colleagues
    undo(cast.rep, one)
    assert Room.objects.get(pk=room.pk).welcomes_colleagues


def twins(cast: Cast, email: str = "ingrid.solberg@halvorsen.example") -> Contact:
    twin = cast.contact("I. Solberg", "VP")
    Contact.objects.filter(pk=twin.pk).update(email=email, created_by=cast.maya)
    return Contact.objects.get(pk=twin.pk)


def test_what_a_person_said_stays_under_the_name_it_was_said(cast: Cast) -> None:
    say(cast, ask(cast))
    add_comment(actor=cast.buyer, room_id=cast.deal.room_id, body="Said as Ingrid.")
    twin = twins(cast)
    one = merge(cast.rep, twin, cast.ingrid.contact)
    assert "participants" not in one.moved
    assert Participant.objects.get(pk=cast.ingrid.pk).contact_id == cast.ingrid.contact_id
    assert Comment.objects.get(body="Said as Ingrid.").by_contact_id == cast.ingrid.contact_id
    assert [one.report.fault for one in verify_rooms()] == [None]
    assert get_contact(cast.rep, cast.ingrid.contact_id).id == twin.pk


@pytest.mark.parametrize(
    ("email", "moves"), [("Ingrid.Solberg@halvorsen.example", True), ("other@halvorsen.example", False)]
)
def test_a_place_in_a_room_moves_with_the_mailbox_only(cast: Cast, email: str, moves: bool) -> None:
    twin = twins(cast, email)
    one = merge(cast.rep, twin, cast.ingrid.contact)
    grant = Participant.objects.get(pk=cast.ingrid.pk)
    assert (grant.contact_id == twin.pk) is moves
    assert Event.objects.filter(type="participant.facts_changed").exists() is moves
    undo(cast.rep, one)
    assert Participant.objects.get(pk=cast.ingrid.pk).contact_id == cast.ingrid.contact_id


def test_no_room_opens_to_an_address_that_nobody_confirmed(cast: Cast) -> None:
    values = {"email": "maya.private@gmail.example"}
    person = change_contact(actor=cast.rep, contact_id=cast.ingrid.contact_id, version=1, values=values)
    twin = twins(cast, person.email)
    assert merge(cast.rep, twin, person).moved == {}
    with pytest.raises(Refused):
        come_in(twin)


def test_an_address_that_waits_comes_into_no_room_of_the_other(cast: Cast) -> None:
    twin = twins(cast, "ingrid@private.example")
    cast.let_in(twin, open_deal(actor=cast.rep, title="Bread", organization_id=cast.halvorsen.pk).room)
    person = change_contact(actor=cast.rep, contact_id=cast.ingrid.contact_id, version=1, values={"email": twin.email})
    assert merge(cast.rep, person, twin).moved == {}


@pytest.mark.parametrize("place", [{"side": Side.PARTNER}, {"sections": ["problem"]}])
def test_nobody_loses_what_they_alone_may_read(cast: Cast, place: dict[str, Any]) -> None:
    pia = cast.let_in(cast.contact("Pia"), **place)
    draft = {"part": "causes", "text": "For us alone."}
    row = add_statement(actor=as_participant(pia), deal_id=cast.deal.pk, values=draft, private=True)
    file = add_attachment(
        actor=as_participant(pia), room_id=cast.deal.room_id, name="a.txt", content=BytesIO(b"Ours."), private=True
    )
    merge(cast.rep, twins(cast, pia.contact.email), pia.contact)
    actor = as_participant(Participant.objects.get(pk=pia.pk))
    assert ProblemStatement.objects.visible_to(actor).filter(pk=row.pk).exists()
    assert Attachment.objects.visible_to(actor).filter(pk=file.pk).exists()


def test_somebody_who_is_in_the_same_room_twice_stays_so(cast: Cast) -> None:
    twin = twins(cast)
    cast.let_in(twin)
    one = merge(cast.rep, twin, cast.ingrid.contact)
    assert one.moved == {}
    assert Participant.objects.filter(room=cast.deal.room).count() == 2


def test_addresses_are_compared_only_by_who_sees_them(cast: Cast) -> None:
    twin = twins(cast)
    with pytest.raises(Refused) as refusal:
        merge(as_user(cast.stranger), twin, cast.ingrid.contact)
    assert refusal.value.code == "not_visible"
    with pytest.raises(Refused):
        preview(as_user(cast.stranger), "contact", twin.pk, cast.ingrid.contact_id)
    with pytest.raises(Refused) as refusal:
        merge(as_user(cast.colleague), cast.contact("Ingrid"), cast.ingrid.contact)
    assert refusal.value.code == "not_visible"


def test_a_merged_person_is_neither_changed_nor_put_back(cast: Cast) -> None:
    twin = twins(cast)
    merge(cast.rep, cast.ingrid.contact, twin)
    twin.refresh_from_db()
    for act in (restore_contact, change_contact):
        values = {"values": {"title": "x"}} if act is change_contact else {}
        with pytest.raises(Refused) as refusal:
            act(actor=cast.rep, contact_id=twin.pk, version=twin.version, **values)
        assert refusal.value.code == "merged"


@pytest.mark.slow
def test_erasing_somebody_erases_both_entries(cast: Cast, settings, tmp_path) -> None:
    settings.ERASURE_LIST = str(tmp_path / "erasures.jsonl")
    twin = twins(cast)
    one = merge(cast.rep, cast.ingrid.contact, twin, ("title",))
    assert one.taken
    erase_contact(
        actor=as_user(cast.admin), contact_id=cast.ingrid.contact_id, confirmed_name="Ingrid Solberg", ground="Asked."
    )
    assert Contact.objects.filter(erased_at=None).filter(pk__in=[twin.pk, cast.ingrid.contact_id]).count() == 0
    one.refresh_from_db()
    assert one.taken == {}
    with pytest.raises(NotFound):
        undo(cast.rep, one)


def test_every_entry_of_a_chain_is_erased_whichever_of_them_asks(cast: Cast, settings, tmp_path) -> None:
    settings.ERASURE_LIST = str(tmp_path / "erasures.jsonl")
    entries = [cast.contact(name) for name in ("A. Lovelace", "Ada L.", "Ada Lovelace")]
    Contact.objects.filter(pk__in=[one.pk for one in entries]).update(created_by=cast.maya)
    elsewhere = open_deal(actor=cast.rep, title="Bread", new_client="Bakkeli").room
    cast.let_in(entries[0], elsewhere, side=Side.PARTNER)
    said = "Ada Lovelace wants it. A. Lovelace signs."
    comment = add_comment(actor=cast.rep, room_id=elsewhere.pk, body=said)
    merge(cast.rep, entries[1], entries[0])
    merge(cast.rep, entries[2], entries[1])
    erase_contact(actor=as_user(cast.admin), contact_id=entries[1].pk, confirmed_name="Ada L.", ground="Asked.")
    assert not Contact.objects.filter(pk__in=[one.pk for one in entries], erased_at=None).exists()
    comment.refresh_from_db()
    assert comment.body == "(erased) wants it. (erased) signs."


def test_a_name_is_taken_out_though_both_entries_have_it(cast: Cast, settings, tmp_path) -> None:
    settings.ERASURE_LIST = str(tmp_path / "erasures.jsonl")
    one, other = cast.contact("Ada Lovelace"), cast.contact("Ada Lovelace")
    Contact.objects.filter(pk__in=[one.pk, other.pk]).update(created_by=cast.maya)
    Contact.objects.filter(pk=other.pk).update(email="ada@elsewhere.example")
    elsewhere = open_deal(actor=cast.rep, title="Bread", new_client="Bakkeli").room
    cast.let_in(one, elsewhere, side=Side.PARTNER)
    comment = add_comment(actor=cast.rep, room_id=elsewhere.pk, body=f"Ada Lovelace, {one.email}")
    merge(cast.rep, other, one)
    erase_contact(actor=as_user(cast.admin), contact_id=other.pk, confirmed_name="Ada Lovelace", ground="Asked.")
    comment.refresh_from_db()
    assert comment.body == "(erased), (erased)"


def test_whatever_names_a_client_follows_it() -> None:
    naming = {
        (one.related_model, one.field.name)
        for one in Organization._meta.get_fields(include_hidden=True)
        if one.auto_created and not one.concrete and one.field.name != "merged_into"
    }
    anywhere = Organization().pk
    following = {(one.rows(anywhere, anywhere).model, one.field) for one in what_follows("organization")}
    assert following == naming
