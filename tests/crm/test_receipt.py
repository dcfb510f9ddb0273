"""What a receipt says: how it was answered only where it was answered."""

import pytest

from crm.actions.question import cancel_question
from crm.models import Consent
from crm.queries.receipt import get_receipt
from crm.receipt import facts_of
from tests.cast import Cast
from tests.crm.actions.test_consent import ask, say

pytestmark = pytest.mark.django_db


def labels(cast: Cast) -> list[str]:
    return [str(fact.label) for fact in facts_of(get_receipt(cast.buyer, Consent.objects.earliest("pk").pk))]


def test_an_answer_says_how_it_was_given(cast: Cast) -> None:
    say(cast, ask(cast))
    assert "How" in labels(cast)


@pytest.mark.parametrize("is_replaced", [True, False])
def test_what_was_never_answered_was_answered_in_no_way(cast: Cast, is_replaced: bool) -> None:
    question = ask(cast)
    if is_replaced:
        cast.write_problem("It costs twice as much.")
        ask(cast)
    else:
        cancel_question(actor=cast.rep, question_id=question.pk)
    assert "How" not in labels(cast)
    assert "Sentence" in labels(cast)
