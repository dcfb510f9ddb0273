"""What the chain says goes: rows that were changed beside it, by whichever role, are found, and no receipt shows them."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crm.actions.consent import confirm_consent, contest_consent, fingerprint, reopen_consent, withdraw_consent
from crm.actions.recorded_consent import Testimony, record_consent, withdraw_record
from crm.clock import now
from crm.models import Consent, LedgerEntry, Question
from crm.queries.evidence import evidence_faults
from crm.queries.receipt import get_receipt
from crm.receipt import facts_of
from tests.cast import Cast
from tests.crm.evidence.archives import archive_of, run_verifier
from tests.handoff import story

pytestmark = pytest.mark.django_db


def recorded(cast: Cast, words: str = "Fine with me.") -> Consent:
    said_at = (now() - timedelta(hours=1)).astimezone()
    question = record_consent(
        actor=cast.rep,
        asked_of=cast.ingrid.pk,
        subjects=[cast.problem()],
        sentence="Is it?",
        testimony=Testimony("agreed", words, "phone", said_at, "On the way"),
    )
    return question.consents.get()


def agreed(cast: Cast) -> Consent:
    return story.say(story.ask(cast, cast.problem()), note="With pleasure.").consents.get()


def faults() -> list[str]:
    return [one.fault for one in evidence_faults()]


@pytest.mark.slow
def test_every_way_an_answer_can_go_fits(cast: Cast, tmp_path: Path) -> None:
    contest_consent(actor=cast.buyer, consent_id=recorded(cast).pk, note="I never said it.")
    withdraw_record(actor=cast.rep, consent_id=recorded(cast).pk, note="It was somebody else.")
    confirmed = recorded(cast)
    confirm_consent(actor=cast.buyer, consent_id=confirmed.pk, shown_hash=fingerprint([confirmed]))
    cast.write_problem("Fresh stock is written off.")
    story.ask(cast, cast.problem())
    cast.write_problem("And thrown away.")
    declined = story.say(story.ask(cast, cast.problem()), "declined").consents.get()
    reopen_consent(actor=cast.buyer, consent_id=declined.pk)
    cast.write_problem("Nobody counts it.")
    withdraw_consent(actor=cast.buyer, consent_id=agreed(cast).pk, note="Not so.")
    types = set(LedgerEntry.objects.values_list("type", flat=True))
    assert types == {"asked", "answered", "withdrawn", "recorded", "contested", "confirmed", "replaced", "reopened"}
    assert faults() == []
    code, said = run_verifier(tmp_path, archive_of(cast.rep, cast.deal.room))
    assert code == 0, said


@pytest.mark.parametrize("answered", [agreed, recorded])
@pytest.mark.parametrize(
    "alter",
    [
        lambda cast: Question.objects.update(sentence="All of it, for ten years?"),
        lambda cast: Question.objects.update(benefit="Nothing."),
        lambda cast: Question.objects.update(asked_by=cast.jonas),
        lambda cast: Question.objects.update(asked_of=cast.daniel),
        lambda cast: (Question.objects.update(asked_of=cast.daniel), Consent.objects.update(participant=cast.daniel)),
        lambda cast: Consent.objects.update(note="I love it."),
        lambda cast: Consent.objects.update(reopened_at=now()),
        lambda cast: Consent.objects.update(subject_id=cast.deal.pk),
        lambda cast: Consent.objects.update(objection="Never."),
    ],
)
def test_what_was_altered_beside_the_chain_is_found(
    cast: Cast, answered: Callable[[Cast], Consent], alter: Callable[[Cast], Any]
) -> None:
    answered(cast)
    alter(cast)
    assert faults() == ["altered_answer"]


def test_two_answers_that_were_swapped_are_found(cast: Cast) -> None:
    one = story.say(story.ask(cast, cast.problem()), "declined")
    other = story.say(story.ask(cast, cast.problem(), of=cast.daniel))
    for question, person in ((one, cast.daniel), (other, cast.ingrid)):
        Question.objects.filter(pk=question.pk).update(asked_of=person)
        Consent.objects.filter(question=question).update(participant=person)
    assert faults() == ["altered_answer", "altered_answer"]


def test_a_record_that_was_made_the_persons_own_word_is_found(cast: Cast) -> None:
    recorded(cast)
    Consent.objects.update(confirmed_at=now())
    assert faults() == ["altered_answer"]
    Consent.objects.update(confirmed_at=None)
    Question.objects.update(channel="room")
    assert faults() == ["altered_answer"]


def test_a_receipt_says_what_the_chain_says(cast: Cast) -> None:
    consent = recorded(cast)
    before = [(one.label, one.text, one.note) for one in facts_of(get_receipt(cast.rep, consent.pk))]
    Question.objects.update(
        sentence="All of it?",
        benefit="Nothing.",
        channel="meeting",
        words="Yes, yes!",
        given_where="",
        asked_by=cast.jonas,
    )
    Consent.objects.update(note="I love it.")
    assert [(one.label, one.text, one.note) for one in facts_of(get_receipt(cast.rep, consent.pk))] == before
