"""A risk is kept as codes and names: everybody reads it in their own language."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any
from unittest.mock import patch

import pytest
from django.apps import apps
from django.test import Client
from django.utils import translation
from django.utils.translation import trans_real

from crm.actions.consent import contest_consent, withdraw_consent
from crm.actors import as_user
from crm.errors import Refused
from crm.models import Consent
from deals.actions.stage_move import propose_move, waive_gate
from deals.models import Deal, Stage
from handoff.actions.handoff import accept_handoff
from handoff.models import Handoff
from handoff.queries.brief import brief_content
from handoff.queries.risk import heading_of
from tests.api.caller import Caller, make_key
from tests.cast import Cast
from tests.deals.actions.test_stage_move import record_yes
from tests.handoff.story import ask, at_agree, say, success

pytestmark = pytest.mark.django_db

GERMAN = {
    "%(name)s has not answered yet": "%(name)s hat noch nicht geantwortet",
    "%(name)s took a yes back": "%(name)s hat ein Ja zurückgenommen",
    "%(name)s says that a recorded answer is not what they said": "%(name)s hat das so nicht gesagt",
    "A customer success owner named and invited": "Jemand, der übernimmt, ist benannt und eingeladen",
}


@pytest.fixture(scope="module")
def in_german() -> Iterator[None]:
    """Let German know the sentences."""
    german = trans_real.translation("de")
    with patch.object(german, "gettext", lambda words: GERMAN.get(words, words)):
        yield


@pytest.fixture(scope="module")
def told(in_german: None, lasting_rows: None) -> Cast:
    """A close by people who work in German, with a risk of each kind."""
    cast = Cast()
    cast.write_problem()
    cast.write_criterion()
    with translation.override("de"):
        Deal.objects.filter(pk=cast.deal.pk).update(stage=Stage.objects.get(pipeline__slug="default", name="Plan"))
        waive_gate(actor=as_user(cast.jonas), deal_id=cast.deal.pk, gate="success_owner_named", reason="In June.")
        record_yes(cast, cast.problem())
        deal = at_agree(cast)
        ask(cast, cast.problem(), of=cast.daniel)
        say(ask(cast, cast.criteria(), propose_move(actor=cast.rep, deal_id=deal.pk, to_stage_id=None)))
        contest_consent(actor=cast.buyer, consent_id=Consent.objects.get(kind="problem", answer="agreed").pk)
        withdraw_consent(actor=cast.buyer, consent_id=Consent.objects.get(kind="criteria").pk)
    return cast


def risks(cast: Cast) -> list[Any]:
    return list(Handoff.objects.get().items.filter(group="risks").order_by("position"))


IN_ENGLISH = [
    "A customer success owner named and invited",
    "Daniel Reyes has not answered yet",
    "Ingrid Solberg says that a recorded answer is not what they said",
    "Ingrid Solberg took a yes back",
]
IN_GERMAN = [
    "Jemand, der übernimmt, ist benannt und eingeladen",
    "Daniel Reyes hat noch nicht geantwortet",
    "Ingrid Solberg hat das so nicht gesagt",
    "Ingrid Solberg hat ein Ja zurückgenommen",
]


def test_it_reads_in_the_language_of_the_reader_whoever_acted(cast: Cast) -> None:
    assert [heading_of(risk) for risk in risks(cast)] == IN_ENGLISH
    with translation.override("de"):
        assert [heading_of(risk) for risk in risks(cast)] == IN_GERMAN
    assert {risk.title for risk in risks(cast)} == {""}


def test_it_is_no_part_of_what_the_customer_confirms(cast: Cast) -> None:
    assert set(brief_content(Handoff.objects.get())["brief"]) == {"criteria", "problem", "people"}


def test_a_row_of_the_former_release_keeps_its_sentence_until_it_is_migrated(cast: Cast) -> None:
    for risk, sentence in zip(risks(cast), IN_GERMAN, strict=True):
        risk.content.pop("name", None)
        risk.title = sentence
        risk.save()
    assert [heading_of(risk) for risk in risks(cast)] == IN_GERMAN
    import_module("handoff.migrations.0002_risks_in_any_language").forget_sentences(apps, None)
    assert [heading_of(risk) for risk in risks(cast)] == IN_ENGLISH


def test_pages_refusals_and_rest_say_it(cast: Cast, client: Client) -> None:
    handoff = Handoff.objects.get()
    with pytest.raises(Refused) as refusal:
        accept_handoff(actor=success(cast), handoff_id=handoff.pk, version=handoff.version)
    assert f"“{IN_ENGLISH[1]}” is not clear yet." in [str(fault.message) for fault in refusal.value.faults]
    client.force_login(cast.tomas)
    page = client.get(f"/handoffs/{handoff.pk}/").content.decode()
    assert all(heading in page for heading in IN_ENGLISH)
    with translation.override("en"):  # the call leaves its own language behind
        answer = Caller(make_key(cast.maya)).get(f"/handoffs/{handoff.pk}/items/", **{"Accept-Language": "de"})
    assert [row["title"] for row in answer.json()["data"] if row["group"] == "risks"] == IN_GERMAN
