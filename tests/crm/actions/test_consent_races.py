"""Answers that race with edits and with each other, on real connections that really commit."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from crm.actions.consent import answer_question, fingerprint
from crm.actions.question import ask_for_consent
from crm.actors import as_participant
from crm.clock import now
from crm.errors import DomainError
from crm.models import Answer, Consent, LedgerEntry, Question, Revision
from crm.queries.evidence import evidence_faults
from crm.queries.ledger import verify_rooms
from crm.rules.canonical import content_hash
from deals.actions.problem import add_statement
from tests.cast import Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def together(*works: Callable[[], Any], at_once: int | None = None) -> list[Any]:
    """Run the works, so many at once (all), each on its own connection; return what each returned or refused with."""

    def run(work: Callable[[], Any]) -> Any:
        try:
            return work()
        except DomainError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(at_once or len(works)) as pool:
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


def test_a_hundred_answers_race_with_words_that_are_being_replaced() -> None:
    """A hundred buyers answer while the words change, twice. Each yes is to the words that this person was shown."""
    cast = Cast()
    cast.write_problem()
    rep, deal_id, room_id = cast.rep, cast.deal.pk, cast.deal.room_id
    people = [cast.let_in(cast.contact(f"Buyer {number}")) for number in range(100)]
    shown: dict[Any, tuple[str, Any]] = {}
    for person in people:
        question = ask_for_consent(
            actor=rep,
            asked_of=person.pk,
            subjects=[cast.problem()],
            sentence="Is this your problem?",
            benefit="A page.",
        )
        consents = list(question.consents.select_related("revision"))
        shown[question.pk] = (fingerprint(consents), consents[0].revision.content)
    asked_of = dict(Question.objects.values_list("pk", "asked_of"))
    by_id = {person.pk: person for person in people}

    def say(question_id: Any) -> Callable[[], Any]:
        actor = as_participant(by_id[asked_of[question_id]], fresh_at=now())
        mark = shown[question_id][0]
        return lambda: answer_question(actor=actor, question_id=question_id, shown_hash=mark, answer="agreed")

    def edit(text: str) -> Callable[[], Any]:
        return lambda: add_statement(actor=rep, deal_id=deal_id, values={"part": "causes", "text": text})

    works = [say(question_id) for question_id in shown]
    works[40:40], works[70:70] = [edit("It sees shipments, not sales.")], [edit("Nobody reads it.")]
    outcomes = together(*works, at_once=12)

    consents = list(Consent.objects.select_related("revision"))
    agreed = [one for one in consents if one.answer == Answer.AGREED]
    assert {one.answer for one in consents} == {Answer.AGREED, Answer.REPLACED}
    assert len(agreed) == sum(isinstance(outcome, Question) for outcome in outcomes)
    assert len(consents) == 100
    assert all(one.revision.content == shown[one.question_id][1] for one in agreed)
    entries = LedgerEntry.objects.filter(room=room_id)
    last_yes = entries.filter(type="answered").latest("seq").seq
    first_refusal = entries.filter(type="replaced").earliest("seq").seq
    assert last_yes < first_refusal  # the edit came between them: nobody's yes was written after it
    assert entries.filter(type="answered").count() == len(agreed)
    assert list(entries.order_by("seq").values_list("seq", flat=True)) == list(range(1, entries.count() + 1))
    assert all(one.report.is_whole for one in verify_rooms())
    assert not list(evidence_faults())
