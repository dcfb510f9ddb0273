"""A question that comes back in a handoff reaches whoever sold the deal: by mail, and as the deal's next step."""

import pytest
from django.core import mail
from django.urls import reverse

from crm.models import Event
from deals.queries.deal import get_deal_page
from handoff.actions.brief import answer_question_back, ask_back
from handoff.mail import mail_question_back
from handoff.models import ItemQuestion
from tests.cast import Cast
from tests.handoff.story import accept, success, win

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def ask(cast: Cast) -> tuple[ItemQuestion, Event]:
    item = win(cast).items.get(group="criteria")
    question = ask_back(actor=success(cast), item_id=item.pk, version=1, text="Which stores?")
    return question, Event.objects.get(type="brief_item.questioned")


def test_the_question_is_mailed_with_the_way_to_its_answer(cast: Cast) -> None:
    question, event = ask(cast)
    mail_question_back(event)
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (
        [cast.maya.email],
        f"Tomás Herrera asks you something in “{cast.deal.title}”",
    )
    assert "Which stores?" in sent.body
    assert f"?answer={question.pk}#item-{question.item_id}" in sent.body


def test_an_answered_question_is_not_mailed(cast: Cast) -> None:
    question, event = ask(cast)
    answer_question_back(actor=cast.rep, question_id=question.pk, text="All of them.")
    mail_question_back(event)
    assert mail.outbox == []


def test_a_won_deal_leads_to_the_question_then_to_the_handoff_then_to_the_plan(cast: Cast) -> None:
    question, _event = ask(cast)
    handoff = question.item.handoff
    page = reverse("handoff:handoff", args=[handoff.pk])
    step = get_deal_page(cast.rep, cast.deal.pk).next_step
    assert (step.words, step.note) == ("Answer Tomás Herrera about the handoff", "Which stores?")
    assert step.url == f"{page}?answer={question.pk}#item-{question.item_id}"
    answer_question_back(actor=cast.rep, question_id=question.pk, text="All of them.")
    step = get_deal_page(cast.rep, cast.deal.pk).next_step
    assert (step.words, step.url) == ("Tomás Herrera goes through the handoff", page)
    handoff.refresh_from_db()
    accept(cast, handoff)
    step = get_deal_page(cast.rep, cast.deal.pk).next_step
    assert step.url == reverse("handoff:plan", args=[handoff.success_plan.pk])
