"""Drafts of one side, and of one partner: nobody else meets them, loses them, or is kept from writing by them."""

from datetime import timedelta

import pytest

from crm.actors import Actor, as_participant
from crm.clock import frozen, now
from crm.errors import Invalid, Refused, Stale
from crm.models import Consent
from deals.actions.problem import add_statement, archive_statement, edit_statement, share_statement
from deals.actions.revision import keep_revision
from deals.actions.stakeholder import add_stakeholder, edit_stakeholder, share_stakeholder
from deals.models import ProblemStatement, Stakeholder
from tests.api.caller import Caller, make_key
from tests.cast import Cast
from tests.deals.actions.test_stage_move import ask, say

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


def test_a_draft_shows_in_nothing_that_others_read_of_the_section(cast: Cast) -> None:
    caller = Caller(make_key(cast.maya))
    url = f"/deals/{cast.deal.pk}/sections/problem/"
    before = caller.get(url)
    with frozen(now() + timedelta(hours=2)):
        words = {"part": "causes", "text": "Theirs alone."}
        draft = add_statement(actor=cast.buyer, deal_id=cast.deal.pk, values=words, private=True)
        values = {"text": "Otherwise."}
        edit_statement(actor=cast.buyer, statement_id=draft.pk, version=1, values=values)
        draft_of(cast.buyer, "Theirs, too.")
        archive_statement(actor=cast.buyer, statement_id=draft.pk, version=2)
        after = caller.get(url)
    assert (before["ETag"], before.json()) == (after["ETag"], after.json())
    shared = add_statement(actor=cast.rep, deal_id=cast.deal.pk, values=words)
    assert [row.position for row in ProblemStatement.objects.visible_to(cast.rep)] == [0, 1]
    assert shared.position == 1


def test_sharing_a_draft_is_a_change_of_the_section(cast: Cast) -> None:
    draft = add_statement(
        actor=cast.rep, deal_id=cast.deal.pk, values={"part": "causes", "text": "Ours."}, private=True
    )
    before = cast.section("problem")
    share_statement(actor=cast.rep, statement_id=draft.pk, version=1)
    after = cast.section("problem")
    assert after.version == before.version + 1
    assert after.content_hash != before.content_hash


def test_agreed_words_are_kept_whatever_others_draft_meanwhile(cast: Cast) -> None:
    say(ask(cast, cast.problem()))
    agreed = Consent.objects.get().revision
    row = ProblemStatement.objects.get()
    edit_statement(actor=cast.rep, statement_id=row.pk, version=1, values={"text": "Otherwise."})
    version = cast.section("problem").version
    draft_of(cast.buyer, "Theirs alone.")
    keep_revision(actor=cast.rep, deal_id=cast.deal.pk, kind="problem", revision_id=agreed.pk, version=version)
    assert cast.section("problem").content_hash == agreed.content_hash
