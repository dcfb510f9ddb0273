"""Reminders come because the person wants one, once, and never after an answer; every other mail can be switched off."""

from datetime import timedelta

import pytest
from django.core import mail

from crm.actions.mail_choice import choose_mails
from crm.actions.question import ask_for_consent, cancel_question
from crm.actions.reminder import want_reminder
from crm.actors import as_participant
from crm.clock import frozen, now
from crm.errors import Invalid, NotAllowed, NotFound, Refused
from crm.events.deliver import deliver_owed
from crm.models import Event, MailKind, Question
from tests.cast import Cast
from tests.crm.actions.test_consent import say
from tests.crm.room.door import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    cast = Cast()
    cast.write_problem()
    return cast


@pytest.fixture
def question(cast: Cast) -> Question:
    asked = ask_for_consent(
        actor=cast.rep, asked_of=cast.ingrid.pk, subjects=[cast.problem()], sentence="Is it this?", benefit="A page."
    )
    deliver_owed()
    mail.outbox.clear()
    return asked


def mails_in(days: float) -> list[str]:
    with frozen(now() + timedelta(days=days)):
        deliver_owed()
    return [str(one.subject) for one in mail.outbox]


def test_one_mail_at_the_chosen_time(cast: Cast, question: Question) -> None:
    want_reminder(actor=cast.buyer, question_id=question.pk, days=3)
    assert mails_in(2.9) == []
    assert mails_in(3.1) == [
        f"You wanted to be reminded: Maya Okafor asks you about the problem: {cast.deal.room.title}"
    ]
    assert len(mails_in(30)) == 1


def test_without_wanting_it_nothing_comes(question: Question) -> None:
    assert mails_in(60) == []


def test_a_later_choice_takes_the_place_of_the_earlier(cast: Cast, question: Question) -> None:
    want_reminder(actor=cast.buyer, question_id=question.pk, days=1)
    with frozen(now() + timedelta(hours=1)):
        want_reminder(actor=cast.buyer, question_id=question.pk, days=7)
    assert mails_in(2) == []
    assert len(mails_in(8)) == 1


def test_taken_back_it_does_not_come(cast: Cast, question: Question) -> None:
    want_reminder(actor=cast.buyer, question_id=question.pk, days=1)
    want_reminder(actor=cast.buyer, question_id=question.pk, days=None)
    assert mails_in(2) == []


@pytest.mark.parametrize("answer", ["agreed", "declined", "change"])
def test_never_after_an_answer(cast: Cast, question: Question, answer: str) -> None:
    want_reminder(actor=cast.buyer, question_id=question.pk, days=1)
    say(cast, question, answer, note="Because.")
    deliver_owed()
    mail.outbox.clear()
    assert mails_in(2) == []
    with pytest.raises(Refused):
        want_reminder(actor=cast.buyer, question_id=question.pk, days=1)


def test_never_after_the_question_was_taken_back(cast: Cast, question: Question) -> None:
    want_reminder(actor=cast.buyer, question_id=question.pk, days=1)
    cancel_question(actor=cast.rep, question_id=question.pk)
    assert mails_in(2) == []


def test_nobody_wants_it_for_somebody_else(cast: Cast, question: Question) -> None:
    for actor in (cast.rep, as_participant(cast.daniel)):
        with pytest.raises(NotAllowed):
            want_reminder(actor=actor, question_id=question.pk, days=1)
    for days in (0, -1, 2, 365):
        with pytest.raises(Invalid):
            want_reminder(actor=cast.buyer, question_id=question.pk, days=days)


def test_the_selling_side_does_not_hear_of_it(cast: Cast, question: Question) -> None:
    want_reminder(actor=cast.buyer, question_id=question.pk, days=1)
    wanted = Event.objects.filter(type="consent.reminder_wanted")
    assert not wanted.visible_to(cast.rep).exists()
    assert wanted.visible_to(cast.buyer).exists()


@pytest.mark.slow
def test_in_the_room(cast: Cast, question: Question) -> None:
    client = client_of(cast.ingrid.contact)
    url = f"/room/{question.room_id}/questions/{question.pk}/reminder/"
    assert "A mail reminds you" in client.post(url, {"days": "1"}, follow=True).content.decode()
    assert "in a week" in client.post(url, {"days": ""}, follow=True).content.decode()
    for bad in ("2", "x", "9999999", "-1", "²"):
        assert client.post(url, {"days": bad}).status_code == 400


@pytest.mark.parametrize("kind", MailKind.values)
def test_every_kind_can_be_switched_off(cast: Cast, kind: str) -> None:
    client = client_of(cast.ingrid.contact)
    mail.outbox.clear()
    wanted = [one for one in MailKind.values if one != kind]
    page = client.post(f"/room/{cast.deal.room_id}/kept/mails/", {"wanted": wanted}, follow=True).content.decode()
    assert page.count('name="wanted"') == len(MailKind.values)
    cast.ingrid.contact.refresh_from_db()
    assert cast.ingrid.contact.mails_off == [kind]
    if kind == MailKind.ASKED:
        asked = ask_for_consent(
            actor=cast.rep, asked_of=cast.ingrid.pk, subjects=[cast.problem()], sentence="Is it?", benefit="A page."
        )
        deliver_owed()
        assert asked.is_open
        assert mail.outbox == []


def test_bad_choices(cast: Cast) -> None:
    with pytest.raises(Invalid):
        choose_mails(actor=cast.buyer, wanted=["everything"])
    with pytest.raises(NotFound):
        choose_mails(actor=cast.rep, wanted=[])
