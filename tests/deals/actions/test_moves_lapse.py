"""Going back, and going another way: what was said to a move before counts no more, and its questions close."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from crm.clock import now
from crm.errors import Refused
from crm.models import Consent, Event, LedgerEntry
from crm.queries.ledger import verify_rooms
from crm.queries.timeline import room_timeline
from crm.queries.waiting import answered, waiting_for
from deals.actions.stage_move import execute_move, move_back
from deals.models import Deal, StageMove
from tests.cast import Cast
from tests.deals.actions.test_stage_move import ask, move_to, put_at, say, stage, stage_name

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    cast = Cast()
    cast.write_problem()
    put_at(cast.deal, "Understand")
    return cast


def go_back(cast: Cast) -> None:
    version = Deal.objects.get(pk=cast.deal.pk).version
    move_back(actor=cast.rep, deal_id=cast.deal.pk, version=version, to_stage_id=stage(cast.deal, "Meet").pk)


def go_on(cast: Cast, name: str) -> Deal:
    version = Deal.objects.get(pk=cast.deal.pk).version
    return execute_move(actor=cast.rep, deal_id=cast.deal.pk, version=version, to_stage_id=stage(cast.deal, name).pk)


@pytest.mark.slow
def test_a_yes_from_before_going_back_does_not_move_the_deal_later(cast: Cast) -> None:
    old = say(ask(cast, move_to(cast, "Define success")))
    go_back(cast)
    say(ask(cast, move_to(cast, "Understand")))
    say(ask(cast, cast.problem()))
    with pytest.raises(Refused) as refusal:
        go_on(cast, "Define success")
    assert [fault.code for fault in refusal.value.faults] == ["consent_missing"]
    [told] = answered(cast.buyer, old)
    assert "asked again" in str(told.next)
    new = ask(cast, move_to(cast, "Define success"))
    assert new.consents.get().subject_id != old.consents.get().subject_id
    say(new)
    assert stage_name(cast) == "Define success"


@pytest.mark.slow
def test_a_yes_to_a_skip_is_gone_when_the_deal_went_step_by_step_and_back(cast: Cast) -> None:
    say(ask(cast, move_to(cast, "Test")))
    say(ask(cast, cast.problem(), move_to(cast, "Define success")))
    assert stage_name(cast) == "Define success"
    assert [(move.to_stage.name, move.is_open) for move in StageMove.objects.order_by("created_at")] == [
        ("Test", False),
        ("Define success", False),
    ]


@pytest.mark.slow
def test_a_question_about_a_step_that_is_not_taken_closes_with_its_record(cast: Cast) -> None:
    asked, other = ask(cast, move_to(cast, "Define success")), ask(cast, cast.problem())
    go_back(cast)
    assert [one.question for one in waiting_for(cast.buyer)] == [other]
    with pytest.raises(Refused):
        say(asked)
    [entry] = LedgerEntry.objects.filter(type="cancelled").select_related("payload")
    assert entry.payload.content["because"] == "not_needed"
    [event] = Event.objects.filter(type="consent.cancelled")
    assert (event.by_user, event.by_contact, event.data["because"]) == (None, None, "not_needed")
    said = [str(one.entry.sentence) for one in room_timeline(cast.rep, cast.deal.room_id).happenings]
    assert "The question to Ingrid Solberg about going on closed: it needs no answer any more" in said
    assert [one.report.is_whole for one in verify_rooms()] == [True]


def test_everybody_who_is_asked_answers_about_the_same_open_move(cast: Cast) -> None:
    first, second = move_to(cast, "Define success"), move_to(cast, "Define success")
    assert first == second
    move = StageMove.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        StageMove.objects.create(deal=move.deal, from_stage=move.from_stage, to_stage=move.to_stage, created_at=now())


@pytest.mark.slow
def test_moves_of_the_former_release_are_set_right(cast: Cast) -> None:
    say(ask(cast, move_to(cast, "Define success")))
    go_back(cast)
    current = move_to(cast, "Understand")
    StageMove.objects.update(lapsed_at=None)
    import_module("deals.migrations.0008_moves_lapse").let_lapse(apps, None)
    assert StageMove.objects.open().get().pk == current.id
    assert Consent.objects.get().answer == "agreed"
