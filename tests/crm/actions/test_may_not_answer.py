"""Whoever answers for their side no more is not waited for: their open questions close, what they said stands."""

from typing import Any

import pytest

from crm.actions.consent import withdraw_consent
from crm.actions.participant import change_participant, invite_contact, revoke_participant
from crm.actions.question import ask_for_consent
from crm.errors import NotAllowed, NotFound, Refused
from crm.models import Answer, Consent, Event, LedgerEntry, Participant, Question
from crm.queries.ledger import verify_rooms
from crm.queries.timeline import room_timeline
from crm.queries.waiting import waiting_for
from deals.actions.stage_move import propose_move
from deals.models import Stage
from tests.cast import Cast
from tests.crm.actions.test_consent import ask, say

pytestmark = pytest.mark.django_db


def limit(cast: Cast, sections: list[str] | None = None, may_answer: bool = False) -> Participant:
    return change_participant(
        actor=cast.rep,
        participant_id=cast.ingrid.pk,
        version=Participant.objects.get(pk=cast.ingrid.pk).version,
        sections=sections,
        may_answer=may_answer,
    )


def invite_again(cast: Cast) -> Participant:
    return invite_contact(
        actor=cast.rep, room_id=cast.deal.room_id, contact_id=cast.ingrid.contact_id, may_answer=False
    )


def revoke(cast: Cast) -> Participant:
    return revoke_participant(actor=cast.rep, participant_id=cast.ingrid.pk)


@pytest.mark.slow
@pytest.mark.parametrize("take_away", [limit, invite_again, revoke])
def test_the_question_closes_with_its_record(cast: Cast, take_away: Any) -> None:
    question, other = ask(cast, cast.problem(), cast.criteria()), ask(cast, move(cast))
    of_daniel = ask_for_consent(
        actor=cast.rep, asked_of=cast.daniel.pk, subjects=[cast.problem()], sentence="Is it?", benefit="A page."
    )
    take_away(cast)
    assert not Question.objects.open().filter(asked_of=cast.ingrid).exists()
    assert Question.objects.open().get() == of_daniel
    assert {one.answer for one in Consent.objects.filter(question__in=[question, other])} == {Answer.CANCELLED}
    closed = LedgerEntry.objects.filter(type="cancelled").select_related("payload")
    assert [entry.payload.content["because"] for entry in closed] == ["may_not_answer"] * 3
    events = Event.objects.filter(type="consent.cancelled")
    assert {event.data["because"] for event in events} == {"may_not_answer"}
    assert events.count() == 3
    assert [one.report.is_whole for one in verify_rooms()] == [True]
    said = [str(one.entry.sentence) for one in room_timeline(cast.rep, cast.deal.room_id).happenings]
    assert sum("do not answer for their side any more" in sentence for sentence in said) == 3
    with pytest.raises((Refused, NotFound)):
        say(cast, question)


def move(cast: Cast) -> Any:
    ahead = Stage.objects.filter(pipeline=cast.deal.pipeline_id, position__gt=cast.deal.stage.position)
    return propose_move(actor=cast.rep, deal_id=cast.deal.pk, to_stage_id=ahead.earliest("position").pk)


def test_only_what_they_do_not_see_any_more_closes_with_the_sections(cast: Cast) -> None:
    kept, closed = ask(cast, cast.criteria()), ask(cast, cast.problem())
    limit(cast, sections=["criteria"], may_answer=True)
    assert [one.question for one in waiting_for(cast.buyer)] == [kept]
    closed.refresh_from_db()
    assert not closed.is_open
    assert say(cast, kept).closed_at is not None


def test_nothing_closes_when_nothing_is_taken_away(cast: Cast) -> None:
    question = ask(cast)
    limit(cast, sections=["problem"], may_answer=True)
    limit(cast, sections=None, may_answer=True)
    question.refresh_from_db()
    assert question.is_open


def test_what_was_answered_stands_and_can_be_taken_back_by_the_person(cast: Cast) -> None:
    say(cast, ask(cast))
    limit(cast)
    consent = Consent.objects.get()
    assert consent.answer == Answer.AGREED
    assert withdraw_consent(actor=cast.buyer, consent_id=consent.pk).answer == Answer.WITHDRAWN


def test_a_question_that_was_left_open_cannot_be_answered(cast: Cast) -> None:
    question = ask(cast)
    Participant.objects.filter(pk=cast.ingrid.pk).update(may_answer=False)  # as before questions closed by themselves
    with pytest.raises(NotAllowed) as refusal:
        say(cast, question)
    assert refusal.value.code == "may_not_answer"
    assert Consent.objects.get().answer == Answer.ASKED


def test_they_can_be_asked_again_when_they_may_answer_again(cast: Cast) -> None:
    ask(cast)
    limit(cast)
    limit(cast, may_answer=True)
    assert say(cast, ask(cast)).closed_at is not None
