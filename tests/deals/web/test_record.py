"""Recording a yes: nothing is chosen for the writer, all that is missing is said at once, and the file is kept."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from crm.clock import now
from crm.models import Attachment, Consent, Question, Upload
from tests.crm.room.door import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def storage(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


def url(cast) -> str:
    return reverse("deals:record", args=[cast.deal.pk])


def said(cast, **changes) -> dict:
    typed = {"about": "problem", "whom": str(cast.ingrid.pk), "sentence": "Is this it?", "words": "Yes, that is it."}
    return {**typed, "answer": "agreed", "channel": "phone", "given_at": now().strftime("%Y-%m-%dT%H:%M"), **changes}


def letter(name: str = "letter.txt", content: bytes = b"Yes, that is it. Ingrid") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def page(answer) -> str:
    """Return what stands on the page itself, without the frame around it."""
    return str(answer.content.decode().split("<main")[1].split("</main>")[0])


@pytest.mark.slow
def test_nothing_is_chosen_for_the_writer(cast, signed_in) -> None:
    client = signed_in(cast.maya)
    html = page(client.get(url(cast)))
    assert " checked" not in html
    assert "“”" not in html
    named = page(client.get(f"{url(cast)}?about=problem&whom={cast.daniel.pk}"))
    assert named.count(" checked") == 2
    assert 'value="problem"' in named


def test_all_that_is_missing_is_said_at_once(cast, signed_in) -> None:
    answer = signed_in(cast.maya).post(url(cast), {"given_at": "yesterday", "once": "a"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {
        "about", "whom", "sentence", "words", "answer", "channel", "given_at"
    }  # fmt: skip
    assert 'value="yesterday"' in answer.content.decode()
    assert not Question.objects.exists()


@pytest.mark.slow
def test_the_preview_waits_for_words_and_an_answer(cast, signed_in) -> None:
    client, preview = signed_in(cast.maya), reverse("deals:record_preview", args=[cast.deal.pk])
    for missing in ("words", "answer", "whom"):
        html = client.post(preview, said(cast, **{missing: ""})).content.decode()
        assert "Here you then see" in html
        assert "<blockquote" not in html
    html = client.post(preview, said(cast)).content.decode()
    assert "Ingrid Solberg agreed, by phone" in html
    assert "“Yes, that is it.”" in html
    assert "said no" in client.post(preview, said(cast, answer="declined")).content.decode()


@pytest.mark.slow
def test_the_file_of_a_refused_form_need_not_be_chosen_again(cast, signed_in) -> None:
    client = signed_in(cast.maya)
    refused = client.post(url(cast), said(cast, words="", evidence=letter()))
    assert refused.status_code == 422
    html = refused.content.decode()
    kept = Upload.objects.get()
    assert "letter.txt" in html
    assert f'name="evidence-kept" value="{kept.pk}"' in html
    again = client.post(url(cast), {**said(cast, words=""), "evidence-kept": str(kept.pk)})
    assert f'value="{kept.pk}"' in again.content.decode()
    assert client.post(url(cast), {**said(cast), "evidence-kept": str(kept.pk)}).status_code == 302
    evidence = Consent.objects.get().question.evidence
    assert evidence is not None
    assert (evidence.name, evidence.private_to) == ("letter.txt", "")
    assert Attachment.objects.count() == 1


@pytest.mark.slow
def test_another_file_is_sent_instead_or_none(cast, signed_in) -> None:
    client = signed_in(cast.maya)
    client.post(url(cast), said(cast, words="", evidence=letter()))
    kept = {"evidence-kept": str(Upload.objects.get().pk)}
    refused = client.post(url(cast), {**said(cast, words=""), **kept, "evidence-without": "1"})
    assert "evidence-kept" not in refused.content.decode()
    sent = client.post(url(cast), {**said(cast), **kept, "evidence": letter("signed.txt")})
    assert sent.status_code == 302
    assert Question.objects.get().evidence.name == "signed.txt"


def test_a_file_that_is_not_taken_is_said_with_everything_else(cast, signed_in) -> None:
    answer = signed_in(cast.maya).post(url(cast), said(cast, words="", evidence=letter("run.exe", b"MZ\x00\x01")))
    assert set(answer.context["form"].errors) == {"words", "evidence"}
    assert len(answer.context["form"].errors["evidence"]) == 1
    assert not Upload.objects.exists()


@pytest.mark.slow
def test_a_refused_file_is_said_also_when_a_rule_refuses_the_record(cast, signed_in) -> None:
    """Else the form would come back without the file, and the next try would be recorded without it."""
    client = signed_in(cast.maya)
    assert client.post(url(cast), said(cast, answer="declined")).status_code == 302
    answer = client.post(url(cast), said(cast, evidence=letter("run.exe", b"MZ\x00\x01")))
    assert answer.status_code == 422
    form = answer.context["form"]
    assert form.non_field_errors()
    assert "evidence" in form.errors


@pytest.mark.slow
def test_the_file_of_somebody_else_is_not_taken(cast, signed_in) -> None:
    signed_in(cast.jonas).post(url(cast), said(cast, words="", evidence=letter()))
    answer = signed_in(cast.maya).post(url(cast), {**said(cast), "evidence-kept": str(Upload.objects.get().pk)})
    assert set(answer.context["form"].errors) == {"evidence"}
    assert not Question.objects.exists()


@pytest.mark.slow
def test_an_answer_cannot_be_older_than_the_words(cast, signed_in) -> None:
    client = signed_in(cast.maya)
    typed = said(cast, given_at="1990-11-28T09:00", given_where="On the phone", evidence=letter())
    answer = client.post(url(cast), typed)
    assert answer.status_code == 422
    [fault] = answer.context["form"].errors["given_at"]
    assert f"only since {date_format(timezone.localdate(now()), 'j F Y')}" in fault
    assert "ask Ingrid Solberg in the room instead" in fault
    html = answer.content.decode()
    for kept in ("1990-11-28T09:00", "On the phone", "Yes, that is it.", "Is this it?", "letter.txt"):
        assert kept in html, kept
    assert not Question.objects.exists()


@pytest.mark.slow
def test_every_page_gives_the_moment_in_which_it_was_said(cast, signed_in) -> None:
    client = signed_in(cast.maya)
    client.post(url(cast), said(cast, about=["problem", "stage_move"]))
    then = now() - timedelta(days=30)
    Question.objects.update(given_at=then)
    day = f"{then.day} {then:%B}"
    for name in ("deals:deal", "deals:revisions", "deals:section"):
        parts = [cast.deal.pk] if name == "deals:deal" else [cast.deal.pk, "problem"]
        html = page(client.get(reverse(name, args=parts)))
        assert (f"agreed, {then.day} {then:%b}" if name == "deals:deal" else day) in html, name
    assert "recorded by Maya Okafor, today" in page(
        client.get(reverse("deals:revisions", args=[cast.deal.pk, "problem"]))
    )
    room = client_of(cast.ingrid.contact).get(f"/room/{cast.deal.room_id}/").content.decode()
    assert day in room[room.index("What we agreed so far") :]
