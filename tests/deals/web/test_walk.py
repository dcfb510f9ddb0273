"""The rep's way through a deal by its pages: asking, recording, moving on, keeping agreed words, two writers at once."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from crm.actions.consent import answer_question, fingerprint
from crm.clock import now
from crm.models import Answer, Comment, Consent, Question
from deals.actions.problem import edit_statement
from deals.models import Deal, DealStatus, ProblemStatement, Stakeholder
from deals.web.forms.problem import StatementForm
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def at(cast: Cast, name: str, *more: Any) -> str:
    return reverse(f"deals:{name}", args=[cast.deal.pk, *more])


def ask(cast: Cast, client, *about: str):
    typed = {
        "about": about,
        "whom": str(cast.ingrid.pk),
        "sentence": "Is this it?",
        "benefit": "A page for your board.",
    }
    return client.post(at(cast, "ask"), typed | {"shown_for": shown_for(client, cast, typed)})


def shown_for(client, cast: Cast, typed: dict[str, Any]) -> str:
    """What the preview says that its sentence is shown for, as a browser puts it into the form."""
    preview = client.post(at(cast, "ask_preview"), typed).content.decode()
    return str(re.findall(r'name="shown_for" id="id_shown_for" value="([^"]*)"', preview)[0])


def say_yes(cast: Cast) -> None:
    question = Question.objects.open().get()
    shown = fingerprint(list(question.consents.all()))
    answer_question(actor=cast.buyer, question_id=question.pk, shown_hash=shown, answer="agreed")


@pytest.mark.slow
def test_one_question_covers_problem_and_move_and_the_deal_moves(cast, signed_in) -> None:
    client = signed_in(cast.maya)
    assert ask(cast, client, "problem", "stage_move").status_code == 302
    assert Question.objects.get().consents.count() == 2
    say_yes(cast)
    assert Deal.objects.get().stage.name == "Understand"
    assert "Ingrid agreed" in client.get(at(cast, "deal")).content.decode()


@pytest.mark.slow
def test_the_same_question_twice_is_refused_with_the_words_still_there(cast, signed_in) -> None:
    client = signed_in(cast.maya)
    ask(cast, client, "problem")
    again = ask(cast, client, "problem")
    assert again.status_code == 422
    assert "A page for your board." in again.content.decode()
    assert Question.objects.count() == 1


def test_a_preview_asks_nobody(cast, signed_in) -> None:
    typed = {"about": "problem", "whom": str(cast.ingrid.pk), "sentence": "Is this it?", "benefit": "A page."}
    answer = signed_in(cast.maya).post(at(cast, "ask_preview"), typed)
    assert "What Ingrid will see" in answer.content.decode()
    assert not Question.objects.exists()


@pytest.mark.slow
def test_a_yes_given_by_voice_is_recorded_with_its_file(cast, signed_in) -> None:
    typed = {
        "about": "problem",
        "whom": str(cast.ingrid.pk),
        "answer": "agreed",
        "channel": "phone",
        "given_at": now().strftime("%Y-%m-%dT%H:%M"),
        "sentence": "Is this your problem?",
        "words": "Yes, that is us.",
        "evidence": SimpleUploadedFile("call.txt", b"Yes, that is us."),
    }
    assert signed_in(cast.maya).post(at(cast, "record"), typed).status_code == 302
    question = Question.objects.get()
    assert question.evidence.name == "call.txt"
    assert Consent.objects.get().answer == Answer.AGREED


@pytest.mark.slow
def test_words_changed_since_a_yes_are_marked_and_the_agreed_ones_can_be_kept(cast, signed_in) -> None:
    client = signed_in(cast.maya)
    ask(cast, client, "problem")
    say_yes(cast)
    row = ProblemStatement.objects.get()
    edit_statement(
        actor=cast.rep, statement_id=row.pk, version=row.version, values={"text": "Planners forecast daily."}
    )
    html = client.get(at(cast, "section", "problem")).content.decode()
    assert "Out of date" in html
    assert "<del>" in html
    agreed = Consent.objects.get()
    version = cast.section("problem").version
    client.post(at(cast, "keep_revision", "problem"), {"revision": str(agreed.revision_id), "version": version})
    assert cast.section("problem").content_hash == agreed.content_hash
    assert "Out of date" not in client.get(at(cast, "section", "problem")).content.decode()


@pytest.mark.slow
def test_a_second_writer_sees_both_versions_and_puts_them_together(cast, signed_in) -> None:
    row = ProblemStatement.objects.get()
    form = StatementForm.for_row(row)
    started = {"part": row.part, "version": row.version, "started_from": form["started_from"].value()}
    edit_statement(actor=cast.buyer, statement_id=row.pk, version=row.version, values={"text": "Ingrid's words."})
    url = at(cast, "edit_statement", row.pk)
    html = signed_in(cast.maya).post(url, started | {"text": "Maya's words."})
    assert html.status_code == 409
    page = html.content.decode()
    assert "Ingrid Solberg and you changed" in page
    assert "words." in page
    decision = {"part": row.part, "version": 2, "keep-text": "both", "both-text": "Both our words.", "theirs-text": "x"}
    assert signed_in(cast.maya).post(url, decision).status_code == 302
    row.refresh_from_db()
    assert row.text == "Both our words."


def test_a_draft_is_seen_by_our_side_and_shared_by_a_click(cast, signed_in) -> None:
    client = signed_in(cast.maya)
    client.post(at(cast, "add_statement"), {"part": "causes", "text": "It sees shipments.", "private": "on"})
    row = ProblemStatement.objects.get(part="causes")
    assert row.private_to == "seller"
    before = cast.section("problem").content_hash
    client.post(at(cast, "share_statement", row.pk), {"version": row.version})
    assert cast.section("problem").content_hash != before


@pytest.mark.slow
def test_a_comment_stays_with_us_or_is_said_to_everybody(cast, signed_in) -> None:
    row = ProblemStatement.objects.get()
    client = signed_in(cast.maya)
    url = at(cast, "comment", "problem", row.pk)
    client.post(url, {"body": "Only ours", "private": "on"})
    client.post(url, {"body": "For all"})
    assert {one.body: one.private_to for one in Comment.objects.all()} == {"Only ours": "seller", "For all": ""}
    assert client.post(url, {"body": "a\x00"}).status_code == 422


def test_a_gate_is_waived_by_a_manager_and_by_nobody_else(cast, signed_in) -> None:
    url = at(cast, "waive_gate", "must_have_measurable")
    assert signed_in(cast.maya).post(url, {"reason": "Because"}).status_code == 403
    assert signed_in(cast.jonas).post(url, {"reason": "Because"}).status_code == 404  # not a gate of Meet


def test_a_deal_ends_with_a_reason_and_opens_again(cast, signed_in) -> None:
    client, version = signed_in(cast.maya), cast.deal.version
    assert client.post(at(cast, "end"), {"status": "no_deal", "reason": "", "version": version}).status_code == 422
    client.post(at(cast, "end"), {"status": "no_deal", "reason": "Not this year.", "version": version})
    deal = Deal.objects.get()
    assert deal.status == DealStatus.NO_DEAL
    client.post(at(cast, "reopen"), {"version": deal.version})
    assert Deal.objects.get().is_open


def test_the_facts_are_changed_and_customer_success_is_named(cast, signed_in) -> None:
    typed = {"title": "Stock", "organization": str(cast.halvorsen.pk), "currency": "USD", "owner": str(cast.maya.pk)}
    typed |= {"success_owner": str(cast.tomas.pk), "amount": "1,200,000", "version": str(cast.deal.version)}
    assert signed_in(cast.maya).post(at(cast, "change"), typed).status_code == 302
    deal = Deal.objects.get()
    assert (deal.title, deal.amount, deal.success_owner) == ("Stock", Decimal(1_200_000), cast.tomas)


def test_somebody_new_comes_onto_the_map_and_into_the_directory(cast, signed_in) -> None:
    typed = {"side": "buyer", "new_contact": "Ruth Abara", "new_email": "ruth@halvorsen.example", "roles": ["engineer"]}
    assert signed_in(cast.maya).post(at(cast, "add_stakeholder"), typed).status_code == 302
    assert Stakeholder.objects.get().contact.organization == cast.halvorsen


@pytest.mark.slow
def test_several_people_are_asked_at_once_and_each_answers_alone(cast, signed_in) -> None:
    client, url = signed_in(cast.maya), at(cast, "ask")
    people = [cast.ingrid, cast.daniel]
    sent = {
        "about": "problem",
        "whom": [str(person.pk) for person in people],
        "sentence": "Is this your problem?",
        "benefit": "A page of figures.",
        "shown_for": "problem",
    }
    page = client.post(url, sent, follow=True).content.decode()
    assert "Daniel Reyes, Ingrid Solberg" in page or "Ingrid Solberg, Daniel Reyes" in page
    assert {question.asked_of for question in Question.objects.open()} == set(people)
    again = client.post(url, sent | {"sentence": "Once more?"})
    assert again.status_code == 422
    assert "has this question already" in again.content.decode()
    assert Question.objects.count() == 2
