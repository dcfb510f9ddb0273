"""One record about several things: the person's word on it holds for all of them, or for none."""

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
    broken = breaking_at_the_second(getattr(actions, f"{verb}_consent"))
    with patch.object(actions, f"{verb}_consent", broken):
        assert client.post(address).status_code == 500
    assert {(one.answer, one.confirmed_at) for one in Consent.objects.all()} == {("agreed", None)}
    assert not LedgerEntry.objects.filter(type__in=("confirmed", "contested")).exists()
    assert client.post(address, {"note": "I said maybe."}).status_code == 302
    assert LedgerEntry.objects.filter(type__in=("confirmed", "contested")).count() == 2


def test_only_the_person_says_it(cast: Cast, recorded: Question) -> None:
    with pytest.raises(NotAllowed):
        actions.confirm_record(actor=cast.rep, question_id=recorded.pk)
