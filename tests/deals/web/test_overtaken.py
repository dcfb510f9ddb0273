"""A question whose words have changed waits for nobody: it can be asked anew, and every page says so."""

import re

import pytest
from django.urls import reverse

from crm.actions.question import ask_for_consent
from crm.errors import Refused
from crm.models import Answer, Question
from deals.queries.deal import get_deal_page
from tests.cast import Cast
from tests.crm.room.door import client_of
from tests.deals.actions.test_stage_move import ask, move_to, record_yes, say

pytestmark = pytest.mark.django_db


def overtaken(cast: Cast) -> Question:
    """Ask about the problem and moving on in one question, and change the problem."""
    question = ask(cast, cast.problem(), move_to(cast, "Understand"))
    cast.write_problem("It costs twice as much.")
    return question


@pytest.mark.slow
def test_asking_again_closes_it_for_all_it_was_about(cast: Cast) -> None:
    older = overtaken(cast)
    newer = ask(cast, cast.problem(), move_to(cast, "Understand"))
    assert set(older.consents.values_list("answer", flat=True)) == {Answer.REPLACED}
    assert list(Question.objects.open()) == [newer]
    say(newer)
    assert cast.section("problem").deal.stage.name == "Understand"


@pytest.mark.slow
@pytest.mark.parametrize("about", ["problem", "move"])
def test_asking_again_about_a_part_of_it_is_enough(cast: Cast, about: str) -> None:
    older = overtaken(cast)
    subject = cast.problem() if about == "problem" else move_to(cast, "Understand")
    assert list(Question.objects.open()) == [older]
    newer = ask(cast, subject)
    assert list(Question.objects.open()) == [newer]


@pytest.mark.slow
def test_as_long_as_an_answer_would_be_taken_nobody_is_asked_again(cast: Cast) -> None:
    question = ask(cast, cast.problem(), move_to(cast, "Understand"))
    for subject in (cast.problem(), move_to(cast, "Understand")):
        with pytest.raises(Refused) as refusal:
            ask(cast, subject)
        assert refusal.value.code == "already_asked"
    assert list(Question.objects.open()) == [question]


@pytest.mark.slow
def test_the_pages_of_the_deal_say_one_thing(cast: Cast, signed_in) -> None:
    overtaken(cast)
    client = signed_in(cast.maya)
    page = get_deal_page(cast.rep, cast.deal.pk)
    assert page.next_step.words == "Ask Ingrid Solberg again about: problem"
    assert page.next_step.note == "The words have changed since they were asked."
    [waits] = page.waiting
    assert (waits.side, waits.url) == ("seller", page.next_step.url)
    html = client.get(reverse("deals:section", args=[cast.deal.pk, "problem"])).content.decode()
    assert "The words have changed since Ingrid Solberg was asked" in html
    for other in ("Nobody was asked yet", "has the question", "Nothing to do until they answer"):
        assert other not in html, other
    form = client.get(page.next_step.url).content.decode()
    for ticked in ("problem", "stage_move", str(cast.ingrid.pk)):
        assert re.search(f'value="{ticked}"[^>]* checked', form), ticked


@pytest.mark.slow
def test_nor_does_the_other_section_of_the_question_wait(cast: Cast) -> None:
    ask(cast, cast.problem(), cast.criteria())
    cast.write_problem("It costs twice as much.")
    page = get_deal_page(cast.rep, cast.deal.pk)
    assert [state.words for state in page.sections] == ["Asked about older words"] * 2
    say(ask(cast, cast.problem(), of=cast.daniel))
    step = get_deal_page(cast.rep, cast.deal.pk).next_step
    assert step.words == "Ask Ingrid Solberg again about: success"


@pytest.mark.slow
def test_a_yes_of_somebody_else_leaves_the_move_to_be_asked_about(cast: Cast) -> None:
    overtaken(cast)
    say(ask(cast, cast.problem(), of=cast.daniel))
    step = get_deal_page(cast.rep, cast.deal.pk).next_step
    assert step.words == "Ask Ingrid Solberg again about: moving on to Understand"


@pytest.mark.slow
def test_the_buyer_reads_that_there_is_nothing_to_answer_and_then_the_new_question(cast: Cast) -> None:
    overtaken(cast)
    client = client_of(cast.ingrid.contact)
    room = f"/room/{cast.deal.room_id}/"
    assert "There is nothing to answer now" in client.get(room).content.decode()
    newer = ask(cast, cast.problem(), move_to(cast, "Understand"))
    page = client.get(room).content.decode()
    assert "There is nothing to answer now" not in page
    assert page.count('name="answer" value="agreed"') == 1
    assert f"ask-{newer.pk}" in page


def test_a_recorded_yes_closes_it_too(cast: Cast) -> None:
    older = overtaken(cast)
    record_yes(cast, cast.problem())
    older.refresh_from_db()
    assert not older.is_open


def test_two_people_have_a_question_of_their_own(cast: Cast) -> None:
    older = overtaken(cast)
    ask_for_consent(
        actor=cast.rep, asked_of=cast.daniel.pk, subjects=[cast.problem()], sentence="Is this it?", benefit="A page."
    )
    older.refresh_from_db()
    assert older.is_open


@pytest.mark.slow
def test_whom_to_ask_again_comes_before_waiting_for_somebody_else(cast: Cast) -> None:
    overtaken(cast)
    ask(cast, cast.problem(), of=cast.daniel)
    page = get_deal_page(cast.rep, cast.deal.pk)
    assert page.next_step.words == "Ask Ingrid Solberg again about: problem"
    assert sorted(one.side for one in page.waiting) == ["buyer", "seller"]
