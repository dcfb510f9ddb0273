"""A deal knows whether it waits for the client, whatever opens and closes its questions."""

from typing import Any

import pytest

from crm.actions.consent import contest_consent, reopen_consent, withdraw_consent
from crm.actions.participant import revoke_participant
from crm.actions.question import ask_for_consent, cancel_question
from crm.errors import Stale
from crm.models import Consent, Participant, Question
from deals.actions.stage_move import propose_move
from deals.models import Deal, Stage
from deals.queries.stage_total import missing_figures
from tests.cast import Cast
from tests.crm.actions.test_consent import say
from tests.deals.actions.test_stage_move import record_yes

pytestmark = pytest.mark.django_db


def ask(cast: Cast, *subjects: Any, of: Participant | None = None) -> Question:
    return ask_for_consent(
        actor=cast.rep, asked_of=(of or cast.ingrid).pk, subjects=subjects, sentence="Is it?", benefit="A page."
    )


def waits(cast: Cast) -> bool:
    assert missing_figures() == {}
    return Deal.objects.get(pk=cast.deal.pk).waits_for_client


def move(cast: Cast) -> Any:
    ahead = Stage.objects.filter(pipeline=cast.deal.pipeline_id, position__gt=cast.deal.stage.position)
    return propose_move(actor=cast.rep, deal_id=cast.deal.pk, to_stage_id=ahead.earliest("position").pk)


@pytest.mark.parametrize("answer", ["agreed", "change", "declined"])
def test_until_the_answer(cast: Cast, answer: str) -> None:
    version = Deal.objects.get(pk=cast.deal.pk).version
    question = ask(cast, cast.problem(), move(cast))
    assert waits(cast)
    assert Deal.objects.get(pk=cast.deal.pk).version == version
    say(cast, question, answer, note="The cost.")
    assert not waits(cast)


def test_as_long_as_one_of_several_is_open(cast: Cast) -> None:
    first, second = ask(cast, cast.problem()), ask(cast, cast.problem(), of=cast.daniel)
    say(cast, first)
    assert waits(cast)
    cancel_question(actor=cast.rep, question_id=second.pk)
    assert not waits(cast)


def test_not_for_a_question_that_words_have_overtaken_or_access_has_ended(cast: Cast) -> None:
    question = ask(cast, cast.problem())
    cast.write_problem("Written since.")
    question.refresh_from_db()
    consents = list(question.consents.all())
    with pytest.raises(Stale):
        say(cast, question)
    assert [one.answer for one in Consent.objects.filter(pk__in=[one.pk for one in consents])] == ["replaced"]
    assert not waits(cast)
    ask(cast, cast.problem())
    assert waits(cast)
    revoke_participant(actor=cast.rep, participant_id=cast.ingrid.pk)
    assert not waits(cast)


@pytest.mark.slow
def test_not_for_what_was_written_down_taken_back_or_contested(cast: Cast) -> None:
    record_yes(cast, cast.problem())
    assert not waits(cast)
    contest_consent(actor=cast.buyer, consent_id=Consent.objects.get().pk)
    assert not waits(cast)
    say(cast, ask(cast, cast.criteria()))
    withdraw_consent(actor=cast.buyer, consent_id=Consent.objects.get(kind="criteria").pk)
    assert not waits(cast)
    say(cast, ask(cast, cast.problem()), "declined")
    reopen_consent(actor=cast.buyer, consent_id=Consent.objects.get(answer="declined").pk)
    assert not waits(cast)
