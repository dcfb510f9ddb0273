"""Asking, answering, taking back: on PostgreSQL, as the application's role."""

import pytest

from crm.actions.consent import answer_question, fingerprint, withdraw_consent
from crm.actions.question import Subject, ask_for_consent
from crm.actors import as_user
from crm.errors import NotAllowed, Refused, Stale
from crm.models import Answer, Consent, LedgerEntry, Question
from deals.actions.problem import add_statement
from deals.actions.stage_move import propose_move
from deals.models import Deal, Stage
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    """A room with a deal, Maya and Ingrid in it, and a problem written down."""
    cast = Cast()
    cast.write_problem()
    return cast


def ask(cast: Cast, *subjects: Subject) -> Question:
    return ask_for_consent(
        actor=cast.rep,
        asked_of=cast.ingrid.pk,
        subjects=subjects or [cast.problem()],
        sentence="Does this describe your problem as it is today?",
        benefit="A page on what waste costs you, ready for your board.",
    )


def say(cast: Cast, question: Question, answer: str = "agreed", **fields: str) -> Question:
    shown = fingerprint(list(question.consents.all()))
    return answer_question(actor=cast.buyer, question_id=question.pk, shown_hash=shown, answer=answer, **fields)


def test_a_yes_is_kept_with_its_chain(cast: Cast) -> None:
    say(cast, ask(cast))
    consent = Consent.objects.get()
    assert consent.answer == Answer.AGREED
    assert consent.content_hash == cast.section("problem").content_hash
    assert [entry.type for entry in LedgerEntry.objects.all()] == ["asked", "answered"]


def test_nobody_else_can_answer(cast: Cast) -> None:
    question = ask(cast)
    shown = fingerprint(list(question.consents.all()))
    for user in (cast.maya, cast.jonas, cast.admin):
        with pytest.raises(NotAllowed):
            answer_question(actor=as_user(user), question_id=question.pk, shown_hash=shown, answer="agreed")
    assert Consent.objects.get().answer == Answer.ASKED


def test_words_that_changed_are_not_agreed_to(cast: Cast) -> None:
    question = ask(cast)
    add_statement(
        actor=cast.rep, deal_id=cast.deal.pk, values={"part": "causes", "text": "It sees shipments, not sales."}
    )
    with pytest.raises(Stale):
        say(cast, question)
    assert Consent.objects.get().answer == Answer.REPLACED
    assert Question.objects.get().closed_at is not None


def test_a_no_stops_the_asking_until_the_words_change(cast: Cast) -> None:
    say(cast, ask(cast), "declined")
    with pytest.raises(Refused, match="said no"):
        ask(cast)
    cast.write_problem("Fresh stock is written off.")
    assert ask(cast).is_open


@pytest.mark.slow
def test_one_click_agrees_to_problem_and_move_and_the_deal_moves(cast: Cast) -> None:
    deal = cast.deal
    say(cast, ask(cast, propose_move(actor=cast.rep, deal_id=deal.pk, to_stage_id=_next(deal).pk)))
    deal.refresh_from_db()
    assert deal.stage.name == "Understand"
    move = propose_move(actor=cast.rep, deal_id=deal.pk, to_stage_id=_next(deal).pk)
    say(cast, ask(cast, cast.problem(), move))
    deal.refresh_from_db()
    assert deal.stage.name == "Define success"


@pytest.mark.slow
def test_a_yes_to_move_stands_while_a_gate_is_closed(cast: Cast) -> None:
    deal = cast.deal
    say(cast, ask(cast, propose_move(actor=cast.rep, deal_id=deal.pk, to_stage_id=_next(deal).pk)))
    deal.refresh_from_db()
    say(cast, ask(cast, propose_move(actor=cast.rep, deal_id=deal.pk, to_stage_id=_next(deal).pk)))
    deal.refresh_from_db()
    assert deal.stage.name == "Understand"
    assert Consent.objects.filter(kind="stage_move", answer=Answer.AGREED).count() == 2


def test_taking_back_is_a_new_record(cast: Cast) -> None:
    say(cast, ask(cast))
    withdraw_consent(actor=cast.buyer, consent_id=Consent.objects.get().pk)
    assert [entry.type for entry in LedgerEntry.objects.all()] == ["asked", "answered", "withdrawn"]


def _next(deal: Deal) -> Stage:
    return Stage.objects.get(pipeline=deal.pipeline_id, position=deal.stage.position + 1)
