"""Drafts of one side, and of one partner: nobody else meets them, loses them, or is kept from writing by them."""

import pytest

from crm.actors import Actor, as_participant
from crm.errors import Invalid, Refused, Stale
from deals.actions.problem import archive_statement, edit_statement, share_statement
from deals.actions.stakeholder import add_stakeholder, edit_stakeholder, share_stakeholder
from deals.models import ProblemStatement, Stakeholder
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    cast = Cast()
    cast.write_problem()
    return cast


def draft_of(actor: Actor, text: str) -> ProblemStatement:
    row = ProblemStatement.objects.shared().get()
    return edit_statement(actor=actor, statement_id=row.pk, version=row.version, values={"text": text}, private=True)


def test_partners_of_two_firms_have_a_draft_each_and_read_their_own(cast: Cast) -> None:
    one, other = (
        as_participant(cast.let_in(cast.contact(name), side="partner")) for name in ("Sander Bakke", "Olga Lind")
    )
    first, second = draft_of(one, "Ours alone."), draft_of(other, "And ours.")
    with pytest.raises(Stale) as again:
        draft_of(one, "A third one.")
    assert again.value.current == first
    assert ProblemStatement.objects.visible_to(other).filter(private_to="partner").get() == second


def test_what_somebody_takes_out_leaves_the_drafts_of_others_to_them(cast: Cast) -> None:
    ours, theirs = draft_of(cast.rep, "Our draft."), draft_of(cast.buyer, "Their draft.")
    row = ProblemStatement.objects.shared().get()
    archive_statement(actor=cast.rep, statement_id=row.pk, version=row.version)
    assert not ProblemStatement.objects.visible_to(cast.rep).exists()
    assert ProblemStatement.objects.visible_to(cast.buyer).get() == theirs
    ours.refresh_from_db()
    assert ours.archived_at is not None
    share_statement(actor=cast.buyer, statement_id=theirs.pk, version=theirs.version)
    assert ProblemStatement.objects.shared().get().text == "Their draft."


def add(cast: Cast, actor: Actor, private: bool = False, **named: object) -> Stakeholder:
    return add_stakeholder(actor=actor, deal_id=cast.deal.pk, values={"side": "buyer", **named}, private=private)


def test_a_private_entry_of_the_map_is_given_away_to_nobody(cast: Cast) -> None:
    daniel = cast.daniel.contact_id
    theirs = add(cast, cast.buyer, private=True, contact=daniel)
    ours = add(cast, cast.rep, private=True, contact=daniel)
    with pytest.raises(Refused):
        add(cast, cast.rep, contact=daniel)
    share_stakeholder(actor=cast.rep, stakeholder_id=ours.pk, version=ours.version)
    with pytest.raises(Refused) as refusal:
        share_stakeholder(actor=cast.buyer, stakeholder_id=theirs.pk, version=theirs.version)
    assert refusal.value.code == "already_there"


def test_a_place_filled_in_a_draft_is_not_shared_when_the_person_is_there_meanwhile(cast: Cast) -> None:
    place = add(cast, cast.rep, place="Who holds the budget?")
    named = {"contact": cast.daniel.contact_id}
    draft = edit_stakeholder(actor=cast.rep, stakeholder_id=place.pk, version=1, values=named, private=True)
    add(cast, cast.buyer, **named)
    with pytest.raises(Refused) as refusal:
        share_stakeholder(actor=cast.rep, stakeholder_id=draft.pk, version=draft.version)
    assert refusal.value.code == "already_there"


def test_nobody_reports_to_somebodys_draft(cast: Cast) -> None:
    boss = add(cast, cast.buyer, private=True, place="Their lawyer")
    with pytest.raises(Invalid) as refusal:
        add(cast, cast.buyer, place="Their planner", reports_to=boss.pk)
    assert [fault.field for fault in refusal.value.faults] == ["reports_to"]
