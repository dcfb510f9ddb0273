"""Receipts and the nightly checks over REST."""

from pathlib import Path
from typing import Any

import pytest

from crm.actions.ledger_check import check_ledger
from crm.models import Consent
from tests.api.caller import Caller, make_key, problem_of
from tests.cast import Cast
from tests.crm.actions.test_consent import ask, say
from tests.crm.pdf.test_receipt import words_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def told(told: Cast) -> Cast:
    told.write_problem()
    say(told, ask(told), button="I agree")
    return told


def test_a_receipt_is_the_proof_as_data(cast: Cast, api: Caller) -> None:
    consent = Consent.objects.get()
    receipt = api.get(f"/consents/{consent.pk}/receipt/").json()
    assert receipt["consent"]["answer"] == "agreed"
    assert receipt["person"] == {
        "name": "Ingrid Solberg",
        "email": "ingrid.solberg@halvorsen.example",
        "title": "VP Supply Chain",
        "organization": "Halvorsen Foods",
        "side": "buyer",
    }
    assert receipt["button"] == "I agree"
    assert receipt["lines"] == [{"label": "Situation today", "text": "Planners forecast by hand, once a week."}]
    assert [(entry["seq"], entry["type"], entry["is_whole"]) for entry in receipt["entries"]] == [
        (1, "asked", True),
        (2, "answered", True),
    ]
    assert receipt["entries"][1]["prev_hash"] == receipt["entries"][0]["hash"]
    assert receipt["is_whole"] is True


@pytest.mark.slow
def test_and_as_a_paper(cast: Cast, api: Caller) -> None:
    consent = Consent.objects.get()
    answer = api.get(f"/consents/{consent.pk}/receipt/content/")
    assert answer["Content-Type"] == "application/pdf"
    assert consent.content_hash in words_of(answer.content)
    problem_of(api.get(f"/consents/{consent.pk}/receipt/content/?size=1"), 400)


def test_only_with_the_scope_and_in_ones_own_rooms(cast: Cast) -> None:
    path = f"/consents/{Consent.objects.get().pk}/receipt/"
    for one in (path, f"{path}content/"):
        problem_of(Caller(make_key(cast.maya, "deals:read")).get(one), 403, "scope_missing")
        problem_of(Caller(make_key(cast.stranger)).get(one), 404)


def test_a_monitor_asks_whether_the_record_fits(cast: Cast, settings: Any, tmp_path: Path) -> None:
    settings.LEDGER_CHECKPOINTS = tmp_path
    check = check_ledger()
    admin = Caller(make_key(cast.admin))
    (shown,) = admin.get("/ledger-checks/?limit=1").json()["data"]
    assert (shown["id"], shown["faults"], shown["digest"]) == (str(check.pk), [], check.digest)
    problem_of(Caller(make_key(cast.admin, "rooms:read")).get("/ledger-checks/"), 403, "scope_missing")
    problem_of(Caller(make_key(cast.maya)).get("/ledger-checks/"), 404)
