"""Answers that race with edits and with each other, on real connections that really commit."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from crm.actions.consent import answer_question, fingerprint
from crm.actions.question import ask_for_consent
from crm.errors import DomainError
from crm.models import Answer, Consent, LedgerEntry, Question, Revision
from crm.rules.canonical import content_hash
from deals.actions.problem import add_statement
from tests.cast import Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def together(*works: Callable[[], Any]) -> list[Any]:
    """Run the works at once, each on its own connection; return what each returned or refused with."""

    def run(work: Callable[[], Any]) -> Any:
        try:
            return work()
        except DomainError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def asked(cast: Cast) -> Question:
    return ask_for_consent(
        actor=cast.rep,
        asked_of=cast.ingrid.pk,
        subjects=[cast.problem()],
        sentence="Is this your problem?",
        benefit="A page.",
    )


def test_the_same_answer_sent_many_times_at_once_is_one_entry() -> None:
    cast = Cast()
    cast.write_problem()
    question = asked(cast)
    shown, buyer = fingerprint(list(question.consents.all())), cast.buyer

    def say() -> Question:
        return answer_question(actor=buyer, question_id=question.pk, shown_hash=shown, answer="agreed")

    together(*[say] * 8)
    assert LedgerEntry.objects.filter(type="answered").count() == 1
    assert [entry.seq for entry in LedgerEntry.objects.order_by("seq")] == [1, 2]


def test_a_yes_and_a_no_at_once_are_one_answer() -> None:
    cast = Cast()
    cast.write_problem()
    question = asked(cast)
    shown, buyer = fingerprint(list(question.consents.all())), cast.buyer

    def say(answer: str) -> Callable[[], Question]:
        return lambda: answer_question(actor=buyer, question_id=question.pk, shown_hash=shown, answer=answer)

    outcomes = together(say("agreed"), say("declined"))
    assert sum(isinstance(outcome, DomainError) for outcome in outcomes) == 1
    assert LedgerEntry.objects.filter(type="answered").count() == 1


def test_no_yes_is_ever_bound_to_words_that_were_not_shown() -> None:
    cast = Cast()
    cast.write_problem()
    rep, buyer, deal_id = cast.rep, cast.buyer, cast.deal.pk
    for turn in range(5):
        question = asked(cast)
        consents = list(question.consents.select_related("revision"))
        shown_words = consents[0].revision.content

        def edit(turn: int = turn) -> Any:
            return add_statement(actor=rep, deal_id=deal_id, values={"part": "causes", "text": f"Cause {turn}."})

        def say(question: Question = question, shown: str = fingerprint(consents)) -> Any:
            return answer_question(actor=buyer, question_id=question.pk, shown_hash=shown, answer="agreed")

        together(edit, say)
        consent = Consent.objects.select_related("revision").get(question=question)
        assert consent.answer in (Answer.AGREED, Answer.REPLACED)
        assert consent.revision.content == shown_words
    for revision in Revision.objects.all():
        assert revision.content is not None
        assert content_hash(revision.content, schema=revision.schema) == revision.content_hash
