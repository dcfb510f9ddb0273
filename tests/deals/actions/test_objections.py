"""A yes that was taken back, a record that is contested: what holds the next move, and that nothing holds it for ever."""

import pytest
from django.urls import reverse

from crm.actions.consent import contest_consent, withdraw_consent
from crm.clock import now
from crm.errors import Refused
from crm.models import Answer, Consent
from crm.queries.receipt import get_receipt
from crm.receipt import facts_of, way_back
from deals.actions.problem import edit_statement
from deals.models import Deal, ProblemStatement
from deals.queries.objection import objections
from tests.cast import Cast
from tests.crm.room.door import client_of
from tests.deals.actions.test_stage_move import ask, move_to, put_at, record_yes, say, stage_name

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    cast = Cast()
    cast.write_problem("Words A.")
    put_at(cast.deal, "Understand")
    return cast


def rewrite(cast: Cast, text: str) -> None:
    row = ProblemStatement.objects.get()
    edit_statement(actor=cast.rep, statement_id=row.pk, version=row.version, values={"text": text})


def held_by(cast: Cast) -> list[Consent]:
    return objections(Deal.objects.get(pk=cast.deal.pk))


@pytest.mark.parametrize(("answer", "words"), [("agreed", "later yes stands"), ("declined", "answered this anew")])
def test_a_yes_that_another_answer_replaced_is_not_taken_back(cast: Cast, answer: str, words: str) -> None:
    first = say(ask(cast, cast.problem())).consents.get()
    rewrite(cast, "Words B.")
    later = say(ask(cast, cast.problem()), answer).consents.get()
    with pytest.raises(Refused, match=words) as refusal:
        withdraw_consent(actor=cast.buyer, consent_id=first.pk)
    assert refusal.value.code == "superseded"
    address = reverse("room:receipt", args=[cast.deal.room_id, first.pk])
    page = client_of(cast.ingrid.contact).get(address).content.decode()
    assert reverse("room:receipt", args=[cast.deal.room_id, later.pk]) in page
    assert reverse("room:turn", args=[cast.deal.room_id, first.pk, "withdraw"]) not in page
    receipt = get_receipt(cast.buyer, first.pk)
    assert "A later answer of theirs stands in its place" in [fact.text for fact in facts_of(receipt)]
    assert way_back(receipt) == ""


def test_the_later_yes_is_taken_back_and_then_holds_the_deal(cast: Cast) -> None:
    say(ask(cast, cast.problem()))
    rewrite(cast, "Words B.")
    later = say(ask(cast, cast.problem())).consents.get()
    withdraw_consent(actor=cast.buyer, consent_id=later.pk)
    assert held_by(cast) == [later]


def test_a_replaced_yes_that_the_former_release_let_be_taken_back_holds_nothing(cast: Cast) -> None:
    first = say(ask(cast, cast.problem())).consents.get()
    rewrite(cast, "Words B.")
    say(ask(cast, cast.problem()))
    Consent.objects.filter(pk=first.pk).update(answer=Answer.WITHDRAWN, answered_at=now())
    assert held_by(cast) == []
    say(ask(cast, move_to(cast, "Define success")))
    assert stage_name(cast) == "Define success"


def test_contesting_a_record_that_was_answered_anew_holds_nothing(cast: Cast) -> None:
    recorded = record_yes(cast, cast.problem()).consents.get()
    rewrite(cast, "Words B.")
    say(ask(cast, cast.problem()))
    contest_consent(actor=cast.buyer, consent_id=recorded.pk)
    assert held_by(cast) == []
