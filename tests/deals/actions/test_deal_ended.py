"""A deal that has ended asks nothing and lets nothing pass; what was won by mistake can be undone."""

import pytest
from django.test import Client

from crm.actions.question import Subject
from crm.actors import as_user
from crm.clock import now
from crm.errors import Refused
from crm.models import Answer, Consent, Event, LedgerEntry, Question
from crm.queries.waiting import waiting_for
from deals.actions.deal import open_deal
from deals.actions.ending import end_deal, reopen_deal
from deals.actions.problem import add_statement
from deals.actions.stage_move import undo_win, waive_gate
from deals.models import Deal, Waiver
from handoff.models import BriefItem, ItemKind
from tests.cast import Cast
from tests.deals.actions.test_stage_move import ask, move_to, put_at, say

pytestmark = pytest.mark.django_db


def deal_of(cast: Cast) -> Deal:
    return Deal.objects.get(pk=cast.deal.pk)


def end(cast: Cast, status: str = "lost") -> Deal:
    deal = deal_of(cast)
    return end_deal(actor=cast.rep, deal_id=deal.pk, version=deal.version, status=status, reason="They build it.")


@pytest.mark.slow
@pytest.mark.parametrize("status", ["lost", "no_deal"])
def test_an_ended_deal_asks_nobody_anything_any_more(cast: Cast, status: str) -> None:
    questions = [ask(cast, cast.problem()), ask(cast, move_to(cast, "Understand"))]
    end(cast, status)
    assert waiting_for(cast.buyer) == []
    for question in questions:
        with pytest.raises(Refused):
            say(question)
    assert set(Consent.objects.values_list("answer", flat=True)) == {Answer.CANCELLED}
    closed = LedgerEntry.objects.filter(type="cancelled").select_related("payload")
    assert [entry.payload.content["because"] for entry in closed] == ["not_needed"] * 2
    assert not deal_of(cast).waits_for_client
    reopen_deal(actor=cast.rep, deal_id=cast.deal.pk, version=deal_of(cast).version)
    say(ask(cast, cast.problem()))


def test_what_was_answered_before_the_end_stands(cast: Cast) -> None:
    say(ask(cast, cast.problem()))
    end(cast)
    assert Consent.objects.get().answer == Answer.AGREED


def test_a_question_about_another_deal_of_the_room_stays_open(cast: Cast) -> None:
    other = open_deal(actor=cast.rep, title="Frozen", organization_id=cast.halvorsen.pk, room_id=cast.deal.room_id)
    add_statement(actor=cast.rep, deal_id=other.pk, values={"part": "situation", "text": "Frozen by hand."})
    kept = ask(cast, Subject("problem", other.sections.get(kind="problem").pk))
    end(cast)
    assert Question.objects.open().get() == kept


@pytest.mark.slow
def test_a_win_by_one_question_closes_the_others_after_the_brief_has_listed_them(cast: Cast) -> None:
    put_at(cast.deal, "Agree")
    waiting = [ask(cast, cast.problem(), of=cast.daniel), ask(cast, move_to(cast, None), of=cast.daniel)]
    say(ask(cast, move_to(cast, None)))
    assert deal_of(cast).status == "won"
    assert not Question.objects.open().exists()
    assert {event.by_contact for event in Event.objects.filter(type="consent.cancelled")} == {None}
    unanswered = BriefItem.objects.filter(kind=ItemKind.OPEN_QUESTION)
    assert set(unanswered.values_list("source_id", flat=True)) == {one.pk for one in waiting}


def test_nothing_is_waived_in_a_deal_that_has_ended(cast: Cast) -> None:
    put_at(cast.deal, "Plan")
    end(cast)
    with pytest.raises(Refused) as refusal:
        waive_gate(actor=as_user(cast.jonas), deal_id=cast.deal.pk, gate="success_owner_named", reason="In June.")
    assert refusal.value.code == "deal_ended"
    assert not Waiver.objects.exists()


@pytest.mark.slow
def test_a_win_of_an_imported_deal_is_undone_like_any_other(cast: Cast, client: Client) -> None:
    put_at(cast.deal, "Agree")
    say(ask(cast, move_to(cast, None)))
    Deal.objects.filter(pk=cast.deal.pk).update(is_imported=True)
    client.force_login(cast.jonas)
    assert "Undo this close" in client.get(f"/deals/{cast.deal.pk}/").content.decode()
    deal = undo_win(actor=as_user(cast.jonas), deal_id=cast.deal.pk, version=deal_of(cast).version, reason="A slip.")
    assert deal.status == "open"


@pytest.mark.slow
def test_a_win_that_came_in_as_history_has_no_close_to_undo(cast: Cast, client: Client) -> None:
    Deal.objects.filter(pk=cast.deal.pk).update(is_imported=True, status="won", ended_at=now())
    client.force_login(cast.jonas)
    assert "Undo this close" not in client.get(f"/deals/{cast.deal.pk}/").content.decode()
    with pytest.raises(Refused) as refusal:
        undo_win(actor=as_user(cast.jonas), deal_id=cast.deal.pk, version=deal_of(cast).version, reason="A slip.")
    assert refusal.value.code == "not_won"
