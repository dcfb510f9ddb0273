"""What was answered or written down, and what was said about it since: both are kept, and shown apart."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from crm.actions.consent import contest_consent, withdraw_consent
from crm.actions.recorded_consent import record_consent, withdraw_record
from crm.models import Answer, Consent, LedgerEntry
from crm.queries.timeline import room_timeline
from crm.rules.agreement import AgreementState
from deals.queries.section import section_state
from tests.api.caller import Caller, make_key
from tests.cast import Cast
from tests.crm.actions.test_consent import ask, say
from tests.crm.room.door import client_of
from tests.deals.actions.test_stage_move import said_by_phone

pytestmark = pytest.mark.django_db

NOTED, OBJECTED, CORRECTED = "Leave the returns out.", "Returns matter <most>.", "I misheard her."


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    cast = Cast()
    cast.write_problem()
    return cast


@pytest.fixture
def recorded(cast: Cast) -> Consent:
    """An "I'd change…" that Maya wrote down for Ingrid."""
    record_consent(
        actor=cast.rep,
        asked_of=cast.ingrid.pk,
        subjects=[cast.problem()],
        sentence="Is this your problem?",
        testimony=said_by_phone(answer="change", words="Almost."),
        note=NOTED,
    )
    return Consent.objects.get()


def voices(consent: Consent) -> tuple[str, ...]:
    consent.refresh_from_db()
    return consent.answer, consent.given_answer, consent.note, consent.objection, consent.correction


def test_contesting_a_record_keeps_what_was_written_down(cast: Cast, recorded: Consent) -> None:
    assert voices(recorded) == ("change", "change", NOTED, "", "")
    assert not recorded.has_turned
    contest_consent(actor=cast.buyer, consent_id=recorded.pk, note=OBJECTED)
    assert voices(recorded) == ("contested", "change", NOTED, OBJECTED, "")
    withdraw_record(actor=cast.rep, consent_id=recorded.pk, note=CORRECTED)
    assert voices(recorded) == ("cancelled", "change", NOTED, OBJECTED, CORRECTED)
    entries = LedgerEntry.objects.filter(consent=recorded).order_by("seq")
    assert [(one.type, one.payload.content["note"]) for one in entries] == [
        ("recorded", NOTED),
        ("contested", OBJECTED),
        ("withdrawn", CORRECTED),
    ]


def test_taking_a_yes_back_keeps_its_words(cast: Cast) -> None:
    say(cast, ask(cast), note="As far as it goes.")
    consent = Consent.objects.get()
    withdraw_consent(actor=cast.buyer, consent_id=consent.pk, note=OBJECTED)
    assert voices(consent) == ("withdrawn", "agreed", "As far as it goes.", OBJECTED, "")


def test_the_same_answer_twice_is_one_and_a_question_taken_back_has_none(cast: Cast) -> None:
    question = ask(cast)
    say(cast, question, "change", note=NOTED)
    say(cast, question, "change", note=NOTED)
    assert voices(Consent.objects.get())[:3] == ("change", "change", NOTED)


@pytest.mark.parametrize("page", ["room", "staff", "question"])
def test_receipts_and_the_room_show_both_apart(cast: Cast, recorded: Consent, page: str) -> None:
    contest_consent(actor=cast.buyer, consent_id=recorded.pk, note=OBJECTED)
    buyer, staff = client_of(cast.ingrid.contact), Client()
    staff.force_login(cast.maya)
    in_room = reverse("room:receipt", args=[cast.deal.room_id, recorded.pk])
    answer = {
        "room": lambda: buyer.get(in_room),
        "staff": lambda: staff.get(reverse("crm:receipt", args=[recorded.pk])),
        "question": lambda: buyer.get(reverse("room:answer", args=[cast.deal.room_id, recorded.question_id])),
    }[page]()
    words = answer.content.decode()
    assert 0 < words.index(NOTED) < words.index("Returns matter &lt;most&gt;.")
    assert "Would change something" in words
    assert "Contested" in words


@pytest.mark.slow
def test_the_timeline_says_both_where_they_were_said(cast: Cast, recorded: Consent) -> None:
    contest_consent(actor=cast.buyer, consent_id=recorded.pk, note=OBJECTED)
    withdraw_record(actor=cast.rep, consent_id=recorded.pk, note=CORRECTED)
    happenings = room_timeline(cast.rep, cast.deal.room_id).happenings
    said = {one.type: one.said for one in happenings if one.said}
    assert said == {
        "consent.change_suggested": NOTED,
        "consent.contested": OBJECTED,
        "consent.record_withdrawn": CORRECTED,
    }
    staff = Client()
    staff.force_login(cast.maya)
    page = staff.get(reverse("deals:deal", args=[cast.deal.pk])).content.decode()
    assert "Returns matter &lt;most&gt;." in page


def test_rest_gives_each_its_field(cast: Cast, recorded: Consent) -> None:
    contest_consent(actor=cast.buyer, consent_id=recorded.pk, note=OBJECTED)
    body = Caller(make_key(cast.maya)).get(f"/consents/{recorded.pk}/").json()
    fields = ("answer", "given_answer", "note", "objection", "correction")
    assert tuple(body[field] for field in fields) == ("contested", "change", NOTED, OBJECTED, "")


def test_a_contested_record_says_nothing_about_the_section_still(cast: Cast, recorded: Consent) -> None:
    contest_consent(actor=cast.buyer, consent_id=recorded.pk, note=OBJECTED)
    state = section_state(cast.section("problem"), [Consent.objects.select_related("participant").get()], "Halvorsen")
    assert state.standing.state == AgreementState.NONE


def test_the_room_takes_the_words_and_gives_bad_ones_back(cast: Cast, recorded: Consent) -> None:
    buyer = client_of(cast.ingrid.contact)
    for address in (
        reverse("room:recorded", args=[cast.deal.room_id, recorded.question_id, "contest"]),
        reverse("room:turn", args=[cast.deal.room_id, recorded.pk, "contest"]),
    ):
        long = buyer.post(address, {"note": "Far too long. " * 400})
        assert long.status_code == 422
        assert "Far too long. Far too long." in long.content.decode()
        assert voices(recorded)[0] == "change"
    assert buyer.post(address, {"note": OBJECTED}).status_code == 302
    assert voices(recorded) == ("contested", "change", NOTED, OBJECTED, "")


def test_rows_of_the_former_release_are_set_right(cast: Cast, recorded: Consent) -> None:
    contest_consent(actor=cast.buyer, consent_id=recorded.pk, note=OBJECTED)
    say(cast, ask(cast), note="Yes.")
    yes = Consent.objects.get(answer=Answer.AGREED)
    as_before: dict[str, Any] = {"given_answer": "", "objection": ""}
    Consent.objects.update(**as_before)
    Consent.objects.filter(pk=recorded.pk).update(note=OBJECTED)
    import_module("crm.migrations.0011_kept_answers").keep_both(apps, None)
    assert voices(recorded) == ("contested", "change", NOTED, OBJECTED, "")
    assert voices(yes) == ("agreed", "agreed", "Yes.", "", "")
