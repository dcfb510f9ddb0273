"""What somebody with a grant for some sections finds of the others: nothing, wherever they look."""

from io import BytesIO

import pytest

from crm.actions.attachment import add_attachment
from crm.actions.consent import answer_question, fingerprint
from crm.actions.question import Subject, ask_for_consent
from crm.actors import Actor, as_participant
from crm.clock import now
from crm.models import Attachment, Event, Question, Revision
from deals.actions.stage_move import propose_move
from deals.models import Stage
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def limited(cast: Cast) -> Actor:
    """A lawyer who was let in for the criteria only."""
    return as_participant(cast.let_in(cast.contact("Legal Lars"), sections=["criteria"]), fresh_at=now())


def ask(cast: Cast, of: Actor, *subjects: Subject) -> Question:
    return ask_for_consent(
        actor=cast.rep,
        asked_of=of.participant.pk,
        subjects=subjects,
        sentence="Shall we?",
        benefit="A page of figures.",
    )


def move(cast: Cast) -> Subject:
    ahead = Stage.objects.filter(pipeline=cast.deal.pipeline_id, position__gt=cast.deal.stage.position)
    return propose_move(actor=cast.rep, deal_id=cast.deal.pk, to_stage_id=ahead.earliest("position").pk)


def test_revisions_of_other_sections_and_of_what_others_were_asked(cast: Cast, limited: Actor) -> None:
    ask(cast, cast.buyer, cast.problem(), move(cast))
    assert list(Revision.objects.visible_to(limited)) == []
    assert Revision.objects.visible_to(cast.buyer).count() == 2
    ask(cast, cast.buyer, cast.criteria())
    assert [one.kind for one in Revision.objects.visible_to(limited)] == ["criteria"]


def test_a_revision_one_was_asked_about_oneself(cast: Cast, limited: Actor) -> None:
    ask(cast, limited, move(cast))
    assert [one.kind for one in Revision.objects.visible_to(limited)] == ["stage_move"]


def test_files_of_others(cast: Cast, limited: Actor) -> None:
    for actor, name in ((cast.rep, "contract.txt"), (cast.buyer, "orders.txt"), (limited, "terms.txt")):
        add_attachment(actor=actor, room_id=cast.deal.room_id, name=name, content=BytesIO(name.encode()))
    assert [file.name for file in Attachment.objects.visible_to(limited)] == ["terms.txt"]
    assert Attachment.objects.visible_to(cast.buyer).count() == 3


def test_events_of_other_sections_of_the_deal_and_of_other_people(cast: Cast, limited: Actor) -> None:
    question = ask(cast, cast.buyer, cast.problem(), move(cast))
    shown = fingerprint(list(question.consents.all()))
    answer_question(actor=cast.buyer, question_id=question.pk, shown_hash=shown, answer="agreed")
    ask(cast, limited, cast.criteria())
    seen = set(Event.objects.visible_to(limited).values_list("type", "data__section"))
    assert seen == {("criterion.added", "criteria"), ("consent.asked", None)}
    told = Event.objects.visible_to(limited).get(type="consent.asked")
    assert told.data["participant"] == str(limited.participant.pk)
