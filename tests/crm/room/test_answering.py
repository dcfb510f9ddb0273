"""The card of a question: the words that are bound are on it, and the evidence keeps the button and language of the page."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import translation

from crm.actions.consent import fingerprint, reopen_consent
from crm.actions.question import Subject
from crm.actions.recorded_consent import record_consent
from crm.models import Answer, Contact, Participant, Question
from crm.queries.receipt import get_receipt
from crm.room.forms import BUTTONS
from deals.actions.problem import edit_statement
from deals.models import ProblemStatement
from tests.cast import Cast
from tests.crm.room.door import client_of
from tests.deals.actions.test_stage_move import move_to, said_by_phone
from tests.handoff import story

pytestmark = pytest.mark.django_db


def card(client: Client, question: Question, query: str = "") -> str:
    """Return the card of the question, on its own page."""
    page = client.get(reverse("room:answer", args=[question.room_id, question.pk]) + query).content.decode()
    return page[page.index('<article class="ask"') : page.index("</article>")]


@pytest.mark.slow
def test_a_reached_goal_shows_the_number_and_where_it_stands(cast: Cast) -> None:
    goal = story.goal_of(cast)
    story.measure(cast, goal, "97.7")
    question = story.ask(cast, Subject("goal_reached", goal.pk))
    shown = card(client_of(cast.ingrid.contact), question)
    assert "97.7%" in shown
    assert reverse("handoff_room:goal", args=[question.room_id, goal.pk]) in shown


@pytest.mark.slow
def test_a_brief_shows_every_agreed_item_and_where_it_stands(cast: Cast) -> None:
    handoff = story.accept(cast, story.win(cast), asked_of=cast.ingrid.pk)
    question = Question.objects.open().get()
    shown = card(client_of(cast.ingrid.contact), question)
    assert all(words in shown for words in ("Planners forecast by hand", "Fill rate", "Ingrid Solberg"))
    assert reverse("handoff_room:brief", args=[question.room_id, handoff.pk]) in shown


def test_a_section_that_was_not_agreed_before_shows_its_words(cast: Cast) -> None:
    shown = card(client_of(cast.ingrid.contact), story.ask(cast, cast.problem()))
    assert "Planners forecast by hand" in shown
    assert "<details" not in shown


def test_long_words_are_folded_and_still_there(cast: Cast) -> None:
    cast.write_problem("Fresh stock is written off. " * 30)
    shown = card(client_of(cast.ingrid.contact), story.ask(cast, cast.problem()))
    assert shown.index("<details") < shown.index("Planners forecast by hand") < shown.index("</details>")


@pytest.mark.slow
def test_after_a_yes_only_the_difference_is_shown(cast: Cast) -> None:
    story.say(story.ask(cast, cast.problem()))
    row = ProblemStatement.objects.get()
    edit_statement(actor=cast.rep, statement_id=row.pk, version=row.version, values={"text": "Planners guess."})
    shown = card(client_of(cast.ingrid.contact), story.ask(cast, cast.problem()))
    assert "This has changed since" in shown
    assert "<dl" not in shown


@pytest.mark.slow
def test_who_has_not_agreed_themself_reads_all_words_beside_what_changed_since_a_colleague_did(cast: Cast) -> None:
    story.say(story.ask(cast, cast.problem(), of=cast.daniel))
    cast.write_problem("Fresh stock is written off.")
    shown = card(client_of(cast.ingrid.contact), story.ask(cast, cast.problem()))
    assert "Daniel Reyes agreed to revision 1" in shown
    assert "Planners forecast by hand" in shown[shown.index("<dl") :]


@pytest.mark.slow
def test_a_yes_that_was_written_down_for_somebody_leaves_no_words_out(cast: Cast) -> None:
    record_consent(
        actor=cast.rep,
        asked_of=cast.ingrid.pk,
        subjects=[cast.problem()],
        sentence="Is it?",
        testimony=said_by_phone(),
    )
    cast.write_problem("Fresh stock is written off.")
    shown = card(client_of(cast.ingrid.contact), story.ask(cast, cast.problem()))
    assert "Planners forecast by hand" in shown[shown.index("<dl") :]


@pytest.mark.slow
@pytest.mark.parametrize("answer", ["change", "declined"])
def test_whoever_has_not_said_yes_can_let_us_ask_again(cast: Cast, answer: str) -> None:
    question, client = story.ask(cast, cast.problem()), client_of(cast.ingrid.contact)
    consent = story.say(question, answer, note="The causes.").consents.get()
    reopen = reverse("room:turn", args=[question.room_id, consent.pk, "reopen"])
    pages = [
        reverse("room:receipt", args=[question.room_id, consent.pk]),
        reverse("room:answer", args=[question.room_id, question.pk]),
    ]
    assert all(reopen in client.get(page).content.decode() for page in pages)
    client.post(reopen)
    assert not any(reopen in client.get(page).content.decode() for page in pages)
    assert story.ask(cast, cast.problem()).is_open


@pytest.mark.parametrize("lost", [{}, {"shown_hash": ""}, {"shown_hash": "x"}])
def test_an_answer_that_lost_its_hash_leaves_the_question_open_and_keeps_the_words(
    cast: Cast, lost: dict[str, str]
) -> None:
    question, client = story.ask(cast, cast.problem()), client_of(cast.ingrid.contact)
    address = reverse("room:answer", args=[question.room_id, question.pk])
    response = client.post(address, lost | {"answer": "change", "note": "The causes."})
    assert response.status_code == 422
    page = response.content.decode()
    assert "Your answer came without the words it is about." in page
    assert "The causes.</textarea>" in page
    assert re.search(r'name="shown_hash" value="\w{64}"', page)
    question.refresh_from_db()
    assert question.is_open


@pytest.mark.slow
@pytest.mark.parametrize("answer", ["agreed", "change", "declined"])
def test_the_ledger_keeps_the_button_that_was_pressed(cast: Cast, answer: str) -> None:
    question, client = story.ask(cast, cast.problem()), client_of(cast.ingrid.contact)
    shown = card(client, question, "" if answer == "agreed" else f"?open={answer}")
    [form] = [one for one in re.findall("<form.*?</form>", shown, re.S) if f'value="{answer}"' in one]
    data = dict(re.findall('name="(shown_hash)" value="(.*?)"', form)) | {"answer": answer, "note": "The causes."}
    client.post(reverse("room:answer", args=[question.room_id, question.pk]), data)
    kept = get_receipt(cast.buyer, question.consents.get().pk).button
    assert kept == str(BUTTONS[answer])
    label = re.search(r'<button type="submit" class="(?:answer|button primary)".*?>(.*?)</button>', form, re.S)
    assert label
    assert kept in label.group(1).replace("&#x27;", "'")


@pytest.mark.slow
def test_the_ledger_keeps_the_language_of_the_page(cast: Cast) -> None:
    question, client = story.ask(cast, cast.problem()), client_of(cast.ingrid.contact)
    Contact.objects.filter(pk=cast.ingrid.contact_id).update(locale="de")
    with translation.override("en"):  # pages leave their own language behind
        shown_hash = re.search('name="shown_hash" value="(.*?)"', card(client, question))
        assert shown_hash
        data = {"shown_hash": shown_hash.group(1), "answer": "agreed"}
        client.post(reverse("room:answer", args=[question.room_id, question.pk]), data)
    assert get_receipt(cast.buyer, question.consents.get().pk).content["locale"] == "de"


def press(client: Client, question: Question, answer: str = "agreed", **fields: str) -> HttpResponse:
    """Answer as the page that is open does, or with another hash."""
    data = {"shown_hash": fingerprint(list(question.consents.all())), "answer": answer} | fields
    return client.post(reverse("room:answer", args=[question.room_id, question.pk]), data)


def change_the_words(cast: Cast, row: ProblemStatement | None = None, text: str = "Planners guess by hand.") -> None:
    row = row or ProblemStatement.objects.get()
    edit_statement(actor=cast.rep, statement_id=row.pk, version=row.version, values={"text": text})


def test_an_answer_to_older_words_shows_what_changed_and_where_it_stands(cast: Cast) -> None:
    question, client = story.ask(cast, cast.problem()), client_of(cast.ingrid.contact)
    change_the_words(cast)
    response = press(client, question)
    assert response.status_code == 409
    page = response.content.decode()
    assert "Nothing was recorded." in page
    assert "what changed since you were asked" in page
    assert "<del>forecast</del>" in page
    assert "<ins>guess</ins>" in page
    assert f'href="{reverse("deals_room:section", args=[question.room_id, cast.deal.pk, "problem"])}"' in page
    assert 'value="agreed"' not in page
    assert question.consents.get().answer == Answer.REPLACED
    again = client.get(reverse("room:answer", args=[question.room_id, question.pk]))
    assert (again.status_code, "<ins>guess</ins>" in again.content.decode()) == (200, True)


@pytest.mark.slow
def test_and_leads_to_the_new_question(cast: Cast) -> None:
    question, client = story.ask(cast, cast.problem()), client_of(cast.ingrid.contact)
    change_the_words(cast)
    newer = story.ask(cast, cast.problem())
    response = press(client, question)
    page = response.content.decode()
    assert f'href="{reverse("room:answer", args=[question.room_id, newer.pk])}"' in page
    assert "Maya asks you anew" in page


@pytest.mark.slow
def test_somebody_who_reads_the_section_no_more_sees_none_of_its_new_words(cast: Cast) -> None:
    question, client = story.ask(cast, cast.problem()), client_of(cast.ingrid.contact)
    change_the_words(cast)
    press(client, question)
    Participant.objects.filter(pk=cast.ingrid.pk).update(sections=["criteria"])
    page = client.get(reverse("room:answer", args=[question.room_id, question.pk])).content.decode()
    assert "guess" not in page


@pytest.mark.slow
def test_what_cannot_be_answered_is_not_counted_and_shows_what_changed(cast: Cast) -> None:
    question, client = story.ask(cast, cast.problem()), client_of(cast.ingrid.contact)
    room = reverse("room:today", args=[question.room_id])
    assert "One thing, about three minutes." in client.get(room).content.decode()
    change_the_words(cast)
    page = client.get(room).content.decode()
    assert "One thing" not in page
    assert "There is nothing to answer now" in page
    assert "<ins>guess</ins>" in page


def test_a_hash_of_other_words_closes_nothing(cast: Cast) -> None:
    question, client = story.ask(cast, cast.problem()), client_of(cast.ingrid.contact)
    response = press(client, question, "change", shown_hash="0" * 64, note="The causes.")
    assert response.status_code == 422
    page = response.content.decode()
    assert "Your answer came without the words it is about." in page
    assert "The causes.</textarea>" in page
    assert question.consents.get().answer == Answer.ASKED
    assert press(client, question).status_code == 302
    assert question.consents.get().answer == Answer.AGREED


def test_a_hash_of_other_words_closes_what_has_changed(cast: Cast) -> None:
    question, client = story.ask(cast, cast.problem()), client_of(cast.ingrid.contact)
    change_the_words(cast)
    assert press(client, question, shown_hash="0" * 64).status_code == 409
    assert question.consents.get().answer == Answer.REPLACED


@pytest.mark.slow
def test_the_list_of_ones_answers_says_what_each_was_about(cast: Cast) -> None:
    story.say(story.ask(cast, cast.problem(), move_to(cast, "Understand")))
    page = client_of(cast.ingrid.contact).get(reverse("room:kept", args=[cast.deal.room_id])).content.decode()
    answers = page[page.index('id="answers"') : page.index('id="words"')]
    for label in ("Our problem", "Moving on to Understand"):
        assert f"<span>{label}, {cast.deal.title}</span>" in answers


@pytest.mark.slow
@pytest.mark.parametrize("answer", ["change", "declined", "agreed"])
def test_what_changed_since_the_words_they_answered_last_is_shown(cast: Cast, answer: str) -> None:
    story.say(story.ask(cast, cast.problem()))
    cast.write_problem("Fresh stock is written off.")
    story.say(story.ask(cast, cast.problem()), answer, note="The causes.")
    change_the_words(cast, ProblemStatement.objects.latest("created_at"), "Frozen stock is written off.")
    client, address = Client(), reverse("deals:ask", args=[cast.deal.pk])
    client.force_login(cast.maya)
    preview = client.get(f"{address}?about=problem&whom={cast.ingrid.pk}").content.decode()
    shown = card(client_of(cast.ingrid.contact), story.ask(cast, cast.problem()))
    assert "<del>Fresh</del>" in shown
    assert "<ins>Frozen</ins>" in shown
    if answer == "agreed":
        assert "You agreed to revision 2" in shown
        assert "You agreed to revision 2" in preview
    else:
        assert "You read revision 2 last. This has changed since you answered on" in shown
        assert "You read revision 2 last, and answered on" in preview
        assert "Planners forecast by hand" in shown[shown.index("<dl") :], "all words, as they have not agreed to them"


@pytest.mark.slow
def test_what_was_answered_about_these_very_words_has_not_changed_since(cast: Cast) -> None:
    first = story.say(story.ask(cast, cast.problem()), "change", note="The causes.")
    reopen_consent(actor=cast.buyer, consent_id=first.consents.get().pk)
    shown = card(client_of(cast.ingrid.contact), story.ask(cast, cast.problem()))
    assert "changed since" not in shown
