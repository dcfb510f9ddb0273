"""Asking again: a no, an "I'd change…" and a yes taken back all stop the asking until words change or they reopen it."""

import pytest

from crm.actions.consent import reopen_consent, withdraw_consent
from crm.actions.question import ask_for_consent, cancel_question
from crm.errors import Refused
from crm.models import Consent, LedgerEntry
from deals.actions.deal import open_deal
from deals.actions.stage_move import propose_move
from deals.models import Stage
from deals.queries.consent import people_to_ask
from deals.queries.deal import get_deal_page
from tests.cast import Cast
from tests.crm.actions.test_consent import ask, say

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    cast = Cast()
    cast.write_problem()
    return cast


def answer(cast: Cast, answer: str, *subjects) -> None:
    say(cast, ask(cast, *subjects), answer, note="The cost is too low.")


def test_after_a_yes_was_taken_back_they_may_answer_anew(cast: Cast) -> None:
    answer(cast, "agreed")
    withdraw_consent(actor=cast.buyer, consent_id=Consent.objects.get().pk)
    assert ask(cast).is_open


@pytest.mark.parametrize(("given", "code"), [("declined", "declined"), ("change", "change_suggested")])
def test_the_asking_stops(cast: Cast, given: str, code: str) -> None:
    answer(cast, given)
    with pytest.raises(Refused) as error:
        ask(cast)
    assert error.value.code == code
    reopen_consent(actor=cast.buyer, consent_id=Consent.objects.get().pk)
    assert ask(cast).is_open


@pytest.mark.slow
@pytest.mark.parametrize("given", ["declined", "change"])
def test_a_move_may_be_asked_about_again_when_the_words_beside_it_changed(cast: Cast, given: str) -> None:
    second = Stage.objects.get(pipeline=cast.deal.pipeline, position=cast.deal.stage.position + 1)
    move = propose_move(actor=cast.rep, deal_id=cast.deal.pk, to_stage_id=second.pk)
    answer(cast, given, move, cast.problem())
    with pytest.raises(Refused):
        ask(cast, move, cast.problem())
    cast.write_problem("It costs twice as much.")
    with pytest.raises(Refused):
        ask(cast, move)
    assert ask(cast, move, cast.problem()).is_open


@pytest.mark.slow
def test_one_reopening_is_enough_for_everything_one_question_asked(cast: Cast) -> None:
    second = Stage.objects.get(pipeline=cast.deal.pipeline, position=cast.deal.stage.position + 1)
    move = propose_move(actor=cast.rep, deal_id=cast.deal.pk, to_stage_id=second.pk)
    answer(cast, "declined", move, cast.problem())
    reopen_consent(actor=cast.buyer, consent_id=Consent.objects.filter(answer="declined")[0].pk)
    assert not Consent.objects.filter(reopened_at=None).exists()
    assert LedgerEntry.objects.filter(type="reopened").count() == 2
    assert ask(cast, move, cast.problem()).is_open


@pytest.mark.slow
def test_two_questions_are_the_most_anybody_gets_in_all_rooms_together(cast: Cast) -> None:
    deals = [
        open_deal(actor=cast.rep, title=f"Deal {n}", organization_id=cast.halvorsen.pk, amount="1", currency="USD")
        for n in range(3)
    ]
    grants = [cast.let_in(cast.ingrid.contact, room=deal.room) for deal in deals]
    moves = [
        propose_move(
            actor=cast.rep,
            deal_id=deal.pk,
            to_stage_id=Stage.objects.get(pipeline=deal.pipeline_id, name="Understand").pk,
        )
        for deal in deals
    ]
    asked = [
        lambda n=n: ask_for_consent(
            actor=cast.rep,
            asked_of=grants[n].pk,
            subjects=[moves[n]],
            sentence="Shall we?",
            benefit="A page of figures.",
        )
        for n in range(3)
    ]
    first, _second = asked[0](), asked[1]()
    with pytest.raises(Refused) as error:
        asked[2]()
    assert error.value.code == "too_many_open"
    (person,) = people_to_ask(cast.rep, get_deal_page(cast.rep, deals[2].pk))
    assert person.open_questions == 2
    cancel_question(actor=cast.rep, question_id=first.pk)
    assert asked[2]().is_open
