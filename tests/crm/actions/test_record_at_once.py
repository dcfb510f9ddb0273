"""One record about several things: the person's word on it holds for all of them, or for none."""

import re
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from django.urls import reverse

from crm.actions import consent as actions
from crm.actions.recorded_consent import record_consent
from crm.errors import NotAllowed
from crm.models import Consent, LedgerEntry, Question
from tests.cast import Cast
from tests.crm.room.door import client_of
from tests.deals.actions.test_stage_move import said_by_phone

pytestmark = pytest.mark.django_db


@pytest.fixture
def recorded(cast: Cast) -> Question:
    return record_consent(
        actor=cast.rep,
        asked_of=cast.ingrid.pk,
        subjects=[cast.problem(), cast.criteria()],
        sentence="Is it, and are they?",
        testimony=said_by_phone(),
    )


def shown(recorded: Question) -> str:
    return actions.fingerprint(list(recorded.consents.all()))


def breaking_at_the_second(act: Callable[..., Any]) -> Callable[..., Any]:
    calls = []

    def once(**words: Any) -> Any:
        calls.append(words)
        if len(calls) == 2:
            raise ConnectionError
        return act(**words)

    return once


@pytest.mark.parametrize("verb", ["confirm", "contest"])
def test_half_of_a_record_is_never_said(cast: Cast, recorded: Question, verb: str) -> None:
    client = client_of(cast.ingrid.contact)
    client.raise_request_exception = False
    address = reverse("room:recorded", args=[cast.deal.room_id, recorded.pk, verb])
    words = {"note": "I said maybe.", "shown_hash": shown(recorded)}
    broken = breaking_at_the_second(getattr(actions, f"{verb}_consent"))
    with patch.object(actions, f"{verb}_consent", broken):
        assert client.post(address, words).status_code == 500
    assert {(one.answer, one.confirmed_at) for one in Consent.objects.all()} == {("agreed", None)}
    assert not LedgerEntry.objects.filter(type__in=("confirmed", "contested")).exists()
    assert client.post(address, words).status_code == 302
    assert LedgerEntry.objects.filter(type__in=("confirmed", "contested")).count() == 2


def test_only_the_person_says_it(cast: Cast, recorded: Question) -> None:
    with pytest.raises(NotAllowed):
        actions.confirm_record(actor=cast.rep, question_id=recorded.pk, shown_hash=shown(recorded))


def test_what_is_confirmed_say_stale_the_button(cast: Cast, recorded: Question) -> None:
    page = client_of(cast.ingrid.contact).get(reverse("room:today", args=[cast.deal.room_id])).content.decode()
    card = page[page.index(f'aria-labelledby="recorded-{recorded.pk}"') :]
    card = card[: card.index("</article>")]
    assert "Planners forecast by hand" in card
    assert "97.5" in card
    assert f'name="shown_hash" value="{shown(recorded)}"' in card


@pytest.mark.parametrize("of", ["record", "one answer"])
def test_words_that_were_not_shown_are_not_confirmed(cast: Cast, recorded: Question, of: str) -> None:
    client, one = client_of(cast.ingrid.contact), recorded.consents.earliest("subject_id")
    address = (
        reverse("room:recorded", args=[cast.deal.room_id, recorded.pk, "confirm"])
        if of == "record"
        else reverse("room:turn", args=[cast.deal.room_id, one.pk, "confirm"])
    )
    assert client.post(address).status_code == 409
    assert client.post(address, {"shown_hash": "0" * 64}).status_code == 409
    assert not Consent.objects.exclude(confirmed_at=None).exists()


def test_the_receipt_confirms_the_words_it_shows(cast: Cast, recorded: Question) -> None:
    client, one = client_of(cast.ingrid.contact), recorded.consents.earliest("subject_id")
    page = client.get(reverse("room:receipt", args=[cast.deal.room_id, one.pk])).content.decode()
    [found] = re.findall(r'name="shown_hash" value="(\w{64})"', page)
    client.post(reverse("room:turn", args=[cast.deal.room_id, one.pk, "confirm"]), {"shown_hash": found})
    assert Consent.objects.exclude(confirmed_at=None).get() == one
