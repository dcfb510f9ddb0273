"""Writing down an answer that was given elsewhere: what may prove it."""

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.db import transaction

from crm.actions.attachment import add_attachment, check_attachment
from crm.actions.consent import withdraw_consent
from crm.actions.question import Subject
from crm.actions.recorded_consent import Testimony, record_consent
from crm.clock import frozen, now
from crm.errors import Invalid, Refused
from crm.models import Attachment, Consent, Question, Room
from deals.actions.section import touch_section
from deals.actions.stage_move import propose_move
from deals.models import Deal, Section, Stage
from tests.cast import Cast
from tests.crm.actions.test_consent import ask, say

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    cast = Cast()
    cast.write_problem()
    assert cast.ingrid
    return cast


def letter(cast: Cast, *, private: bool) -> Attachment:
    room = cast.deal.room_id
    file = add_attachment(actor=cast.rep, room_id=room, name="yes.txt", content=BytesIO(b"Yes, go on"), private=private)
    return check_attachment(attachment_id=file.pk)


def record(cast: Cast, evidence: Attachment | None, at: datetime | None = None, *subjects: Subject) -> Question:
    return record_consent(
        actor=cast.rep,
        asked_of=cast.ingrid.pk,
        subjects=subjects or [cast.problem()],
        sentence="Is this your problem?",
        testimony=Testimony("agreed", "Yes.", "email", at or now(), evidence=evidence and evidence.pk),
    )


def test_what_proves_an_answer_can_be_opened_by_whoever_gave_it(cast: Cast) -> None:
    question = record(cast, letter(cast, private=False))
    assert question.evidence in Attachment.objects.visible_to(cast.buyer)


def test_a_file_of_one_side_proves_nothing(cast: Cast) -> None:
    with pytest.raises(Invalid) as error:
        record(cast, letter(cast, private=True))
    assert [(fault.field, fault.code) for fault in error.value.faults] == [("evidence", "unknown")]


def test_what_was_said_before_a_yes_was_taken_back_brings_it_not_back(cast: Cast) -> None:
    then = now()
    say(cast, ask(cast))
    withdraw_consent(actor=cast.buyer, consent_id=Consent.objects.get().pk)
    with pytest.raises(Refused) as error:
        record(cast, letter(cast, private=False), then)
    assert error.value.code == "taken_back_since"
    with frozen(now() + timedelta(hours=2)):
        assert record(cast, letter(cast, private=False)).consents.get().answer == "agreed", "said since"


NIGHT = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)
"""Still the 26th in New York."""


def first_day(cast: Cast, evidence: Attachment | None, *subjects: Subject) -> datetime | None:
    """Return since when an answer may have been given, None when one of long ago is taken."""
    with transaction.atomic():
        try:
            record(cast, evidence, NIGHT - timedelta(days=9000), *subjects)
        except Invalid as error:
            [fault] = error.faults
            assert (fault.field, fault.code) == ("given_at", "before_the_words")
            day = re.search(r"only since (\d+ \w+ \d+)", str(error))
            assert day
            return datetime.strptime(day.group(1), "%d %B %Y").replace(tzinfo=UTC)
        transaction.set_rollback(True)
    return None


def test_nobody_answered_words_before_they_stood(cast: Cast) -> None:
    Room.objects.filter(pk=cast.deal.room_id).update(time_zone="America/New_York")
    Section.objects.filter(pk=cast.problem().id).update(updated_at=NIGHT)
    assert first_day(cast, None) == datetime(2026, 11, 26, tzinfo=UTC)
    with pytest.raises(Invalid):
        record(cast, None, NIGHT - timedelta(hours=23))
    assert record(cast, None, NIGHT - timedelta(hours=21)).consents.get().answer == "agreed", "the same day there"


def test_words_that_read_as_before_stand_since_before(cast: Cast) -> None:
    Section.objects.filter(pk=cast.problem().id).update(updated_at=NIGHT)
    section = cast.section("problem")
    touch_section(section)
    assert (section.updated_at, section.version) == (NIGHT, cast.section("problem").version)
    cast.write_problem("It costs twice as much.")
    assert cast.section("problem").updated_at > NIGHT


def test_a_step_is_as_old_as_the_stage_and_a_question_as_the_latest_it_is_about(cast: Cast) -> None:
    deal = Deal.objects.get(pk=cast.deal.pk)
    step = propose_move(actor=cast.rep, deal_id=deal.pk, to_stage_id=_stage(deal, "Understand").pk)
    Section.objects.filter(pk=cast.problem().id).update(updated_at=NIGHT - timedelta(days=9))
    Deal.objects.filter(pk=deal.pk).update(stage_entered_at=NIGHT)
    assert first_day(cast, None, cast.problem(), step) == datetime(2026, 11, 27, tzinfo=UTC)
    assert first_day(cast, letter(cast, private=False), step) == datetime(2026, 11, 27, tzinfo=UTC)


def test_the_message_of_who_asked_us_to_talk_is_older_than_the_deal(cast: Cast) -> None:
    deal = Deal.objects.get(pk=cast.deal.pk)
    step = propose_move(actor=cast.rep, deal_id=deal.pk, to_stage_id=_stage(deal, "Understand").pk)
    assert first_day(cast, letter(cast, private=False), step) is None
    assert first_day(cast, None, step) is not None
    assert first_day(cast, letter(cast, private=False), cast.problem(), step) is not None


def _stage(deal: Deal, name: str) -> Stage:
    return Stage.objects.get(pipeline=deal.pipeline_id, name=name)
