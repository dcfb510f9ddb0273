"""Whoever had said yes to a close hears that it was undone, by whom and why; nobody else does."""

import pytest
from django.core import mail

from crm.actions.participant import revoke_participant
from crm.actors import as_user
from crm.events.deliver import deliver_owed
from deals.actions.stage_move import undo_win
from deals.models import Deal
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def undo(cast: Cast) -> None:
    deliver_owed()
    mail.outbox.clear()
    deal = Deal.objects.get(pk=cast.deal.pk)
    undo_win(actor=as_user(cast.jonas), deal_id=deal.pk, version=deal.version, reason="The wrong <deal>.")
    deliver_owed()


@pytest.fixture
def cast() -> Cast:
    from tests.handoff.story import win

    cast = Cast()
    cast.write_problem()
    cast.write_criterion()
    assert cast.daniel
    win(cast)
    return cast


def test_who_said_yes_is_told_what_by_whom_why_and_what_stays(cast: Cast) -> None:
    undo(cast)
    (told,) = mail.outbox
    assert told.to == [cast.ingrid.contact.email]
    assert told.subject == "What you agreed to was undone"
    for words in (cast.jonas.name, cast.deal.title, "The wrong <deal>.", "Your yes stays on record", "/receipts/"):
        assert words in told.body
    assert "The wrong &lt;deal&gt;." in told.alternatives[0][0]


def test_who_switched_receipts_off_is_not(cast: Cast) -> None:
    contact = cast.ingrid.contact
    contact.mails_off = ["receipt"]
    contact.save()
    undo(cast)
    assert mail.outbox == []


def test_who_lost_access_is_not(cast: Cast) -> None:
    revoke_participant(actor=cast.rep, participant_id=cast.ingrid.pk)
    undo(cast)
    assert mail.outbox == []
