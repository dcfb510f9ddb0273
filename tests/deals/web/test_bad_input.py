"""Whatever is typed: a message at the field, the typed text still there, nothing half written, never a fault of ours."""

from uuid import uuid4

import pytest
from django.urls import reverse

from crm.models import Consent
from deals.models import Criterion, Deal, ProblemStatement, Stakeholder
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

TEXTS = ("a\x00b", "x" * 20_001, "\x1b[31m")
FINE = ("😀 grün", "שלום עולם", "<script>alert(1)</script>")


def row_of(cast: Cast) -> ProblemStatement:
    return ProblemStatement.objects.get(section__deal=cast.deal)


@pytest.mark.parametrize("text", TEXTS)
def test_a_statement_that_cannot_be_kept_is_refused_with_its_words(cast, signed_in, text) -> None:
    url = reverse("deals:add_statement", args=[cast.deal.pk])
    answer = signed_in(cast.maya).post(url, {"part": "causes", "text": f"Kept words {text}"})
    assert answer.status_code == 422
    assert "Kept words" in answer.content.decode()
    assert ProblemStatement.objects.count() == 1


@pytest.mark.parametrize("text", FINE)
def test_any_language_is_kept_and_shown_as_text(cast, signed_in, text) -> None:
    client = signed_in(cast.maya)
    client.post(reverse("deals:add_statement", args=[cast.deal.pk]), {"part": "causes", "text": text})
    assert ProblemStatement.objects.get(part="causes").text == text
    html = client.get(reverse("deals:section", args=[cast.deal.pk, "problem"])).content.decode()
    assert "<script>alert" not in html


@pytest.mark.parametrize(
    "fields",
    [
        {"amount": "-5", "currency": "USD"},
        {"amount": "9" * 400, "currency": "USD"},
        {"amount": "NaN", "currency": "USD"},
        {"amount": "12", "currency": "XXY"},
        {"amount": "12", "currency": ""},
        {"period": "daily"},
    ],
)
def test_impossible_figures_are_refused_at_their_field(cast, signed_in, fields) -> None:
    url = reverse("deals:add_statement", args=[cast.deal.pk])
    answer = signed_in(cast.maya).post(url, {"part": "cost", "text": "Waste", **fields})
    assert answer.status_code == 422
    assert "aria-invalid" in answer.content.decode()
    assert ProblemStatement.objects.count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"close_on": "2026-02-30"},
        {"close_on": "9999-99-99"},
        {"amount": "-1"},
        {"amount": "1e999"},
        {"title": "x" * 201},
        {"title": "a\x00"},
        {"organization": str(uuid4())},
        {"organization": "nonsense"},
        {"organization": "", "new_client": ""},
        {"pipeline": str(uuid4())},
        {"pipeline": "\x00"},
    ],
)
def test_a_deal_is_not_opened_from_nonsense(cast, signed_in, fields) -> None:
    client = signed_in(cast.maya)
    pipeline = str(cast.deal.pipeline_id)
    good = {"organization": str(cast.halvorsen.pk), "title": "Kept words", "currency": "USD", "pipeline": pipeline}
    answer = client.post(reverse("deals:new"), good | fields)
    assert answer.status_code == 422
    assert Deal.objects.count() == 1


def test_a_deal_with_a_new_client_is_opened_once_for_two_clicks(cast, signed_in) -> None:
    client = signed_in(cast.maya)
    typed = {"new_client": "Osei Textiles", "title": "Stock", "currency": "USD", "once": "abc"}
    typed["pipeline"] = str(cast.deal.pipeline_id)
    assert [client.post(reverse("deals:new"), typed).status_code for _click in range(2)] == [302, 302]
    assert Deal.objects.filter(organization__name="Osei Textiles").count() == 1


@pytest.mark.parametrize("name", ["edit_statement", "share_statement", "archive_statement", "edit_criterion"])
def test_ids_of_nothing_and_of_others_are_not_found(cast, signed_in, name) -> None:
    for deal, row in ((cast.deal.pk, uuid4()), (uuid4(), row_of(cast).pk)):
        assert signed_in(cast.maya).post(reverse(f"deals:{name}", args=[deal, row])).status_code == 404
    url = reverse("deals:edit_statement", args=[cast.deal.pk, row_of(cast).pk])
    assert (
        signed_in(cast.stranger).post(url, {"part": "situation", "text": "Mine now", "version": 1}).status_code == 404
    )
    assert (
        signed_in(cast.colleague).post(url, {"part": "situation", "text": "Mine now", "version": 1}).status_code == 403
    )


@pytest.mark.parametrize("version", ["", "0", "-1", "x", "99999999999999999999"])
def test_a_stale_or_senseless_version_loses_no_words(cast, signed_in, version) -> None:
    url = reverse("deals:edit_statement", args=[cast.deal.pk, row_of(cast).pk])
    answer = signed_in(cast.maya).post(url, {"part": "situation", "text": "My own words", "version": version})
    assert answer.status_code in (409, 422)
    assert "My own words" in answer.content.decode()
    assert row_of(cast).text.startswith("Planners")


@pytest.mark.parametrize(
    "fields",
    [
        {"about": "everything"},
        {"about": ""},
        {"whom": str(uuid4())},
        {"whom": "\x00"},
        {"benefit": ""},
        {"sentence": "a\x00"},
    ],
)
def test_a_question_is_not_asked_from_nonsense(cast, signed_in, fields) -> None:
    good = {"about": "problem", "whom": str(cast.ingrid.pk), "sentence": "Is this it?", "benefit": "A page."}
    good["shown_for"] = "problem"
    answer = signed_in(cast.maya).post(reverse("deals:ask", args=[cast.deal.pk]), good | fields)
    assert answer.status_code == 422
    assert not Consent.objects.exists()


@pytest.mark.parametrize(
    "moment", ["", "yesterday", "2026-02-30T10:00", "9999-12-31T23:59", "0001-01-01T00:00", "0001-01-01T00:00+23:59"]
)
def test_a_record_needs_a_moment_that_was(cast, signed_in, moment) -> None:
    typed = {
        "about": "problem",
        "whom": str(cast.ingrid.pk),
        "sentence": "Is this it?",
        "words": "Yes.",
        "answer": "agreed",
    }
    url = reverse("deals:record", args=[cast.deal.pk])
    answer = signed_in(cast.maya).post(url, {**typed, "channel": "phone", "given_at": moment})
    assert answer.status_code in (302, 422)
    assert Consent.objects.exists() == (answer.status_code == 302)


@pytest.mark.parametrize(
    "fields",
    [
        {"title": ""},
        {"title": "x", "target": "1" * 60},
        {"title": "x", "due_on": "2026-13-01"},
        {"title": "x", "buyer_owner": "q"},
    ],
)
def test_a_criterion_that_cannot_be_kept_is_refused(cast, signed_in, fields) -> None:
    answer = signed_in(cast.maya).post(
        reverse("deals:add_criterion", args=[cast.deal.pk]), {"weight": "must", **fields}
    )
    assert answer.status_code == 422
    assert Criterion.objects.count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"side": "nobody", "place": "x"},
        {"side": "buyer", "place": "x" * 201},
        {"side": "buyer", "new_contact": "New", "new_email": "no"},
    ],
)
def test_nobody_is_put_on_the_map_from_nonsense(cast, signed_in, fields) -> None:
    answer = signed_in(cast.maya).post(reverse("deals:add_stakeholder", args=[cast.deal.pk]), fields)
    assert answer.status_code == 422
    assert not Stakeholder.objects.exists()
