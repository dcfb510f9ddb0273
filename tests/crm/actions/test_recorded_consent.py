"""Writing down an answer that was given elsewhere: what may prove it."""

from datetime import timedelta
from io import BytesIO

import pytest

from crm.actions.attachment import add_attachment, check_attachment
from crm.actions.consent import withdraw_consent
from crm.actions.recorded_consent import Testimony, record_consent
from crm.clock import frozen, now
from crm.errors import Invalid, Refused
from crm.models import Attachment, Consent, Question
from tests.cast import Cast
from tests.crm.actions.test_consent import ask, say

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    cast = Cast()
    cast.write_problem()
    return cast


def letter(cast: Cast, *, private: bool) -> Attachment:
    room = cast.deal.room_id
    file = add_attachment(actor=cast.rep, room_id=room, name="yes.txt", content=BytesIO(b"Yes, go on"), private=private)
    return check_attachment(attachment_id=file.pk)


def record(cast: Cast, evidence: Attachment) -> Question:
    return record_consent(
        actor=cast.rep,
        asked_of=cast.ingrid.pk,
        subjects=[cast.problem()],
        sentence="Is this your problem?",
        testimony=Testimony("agreed", "Yes.", "email", now() - timedelta(hours=1), evidence=evidence.pk),
    )


def test_what_proves_an_answer_can_be_opened_by_whoever_gave_it(cast: Cast) -> None:
    question = record(cast, letter(cast, private=False))
    assert question.evidence in Attachment.objects.visible_to(cast.buyer)


def test_a_file_of_one_side_proves_nothing(cast: Cast) -> None:
    with pytest.raises(Invalid) as error:
        record(cast, letter(cast, private=True))
    assert [(fault.field, fault.code) for fault in error.value.faults] == [("evidence", "unknown")]


def test_what_was_said_before_a_yes_was_taken_back_brings_it_not_back(cast: Cast) -> None:
    say(cast, ask(cast))
    withdraw_consent(actor=cast.buyer, consent_id=Consent.objects.get().pk)
    with pytest.raises(Refused) as error:
        record(cast, letter(cast, private=False))
    assert error.value.code == "taken_back_since"
    with frozen(now() + timedelta(hours=2)):
        assert record(cast, letter(cast, private=False)).consents.get().answer == "agreed", "said since"
