"""Every list costs the same number of queries for one row as for all of them."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.actions.activity import log_activity
from crm.actions.attachment import add_attachment
from crm.actions.comment import add_comment
from crm.actions.task import create_task
from crm.actors import as_user
from crm.clock import now
from crm.models import LedgerCheck
from deals.actions.exchange_rate import set_exchange_rate
from deals.actions.line_item import add_line_item
from deals.actions.product import create_product
from handoff.actions.measurement import dispute_measurement
from handoff.models import Goal, Handoff
from tests.api.caller import Caller, make_key
from tests.cast import Cast
from tests.handoff.story import accept, measure, win

pytestmark = pytest.mark.django_db

LISTS = (
    "/organizations/",
    "/contacts/?expand=organization.parent",
    "/custom-fields/",
    "/rooms/?expand=organization,owner,team",
    "/rooms/{room}/activities/",
    "/rooms/{room}/comments/",
    "/rooms/{room}/attachments/",
    "/rooms/{room}/members/?expand=user",
    "/rooms/{room}/participants/",
    "/questions/",
    "/tasks/",
    "/consents/",
    "/revisions/",
    "/pipelines/",
    "/products/",
    "/exchange-rates/",
    "/deals/{deal}/line-items/",
    "/deals/{deal}/sections/",
    "/deals/{deal}/statements/",
    "/deals/{deal}/criteria/",
    "/deals/{deal}/stakeholders/",
    "/deals/{deal}/stage-moves/",
    "/handoffs/?expand=deal,from_user,to_user",
    "/handoffs/{handoff}/items/",
    "/success-plans/?expand=owner",
    "/goals/?expand=plan",
    "/goals/{goal}/measurements/",
    "/ledger-checks/",
)
ALWAYS_ONE = (
    "/rooms/?",
    "/handoffs/?",
    "/success-plans/?",
    "/custom-fields/",
    "/members/",
    "/stakeholders/",
    "/stage-moves/",
)
"""Lists of which the story has no two rows; what they join is asked for at once all the same."""


@pytest.fixture
def story(cast: Cast) -> dict[str, object]:
    """The story as far as a measured goal, with several rows in nearly every list."""
    assert cast.daniel.is_active  # a second person in the room
    for number in range(3):
        cast.write_problem(f"Cause {number}")
        cast.write_criterion(title=f"Criterion {number}")
        add_comment(actor=cast.rep, room_id=cast.deal.room_id, body=f"Word {number}")
        values = {"type": "call", "subject": f"Talk {number}"}
        log_activity(actor=cast.rep, room_id=cast.deal.room_id, values=values, shared=True)
        create_task(actor=as_user(cast.admin), values={"title": f"Task {number}", "about": cast.deal.pk})
        create_product(
            actor=as_user(cast.admin), values={"name": f"Product {number}", "prices": {"USD": "1", "EUR": "2"}}
        )
        set_exchange_rate(actor=as_user(cast.admin), currency="EUR", on=f"2026-01-0{number + 1}", rate="1")
        add_line_item(actor=cast.rep, deal_id=cast.deal.pk, values={"title": f"Line {number}", "unit_price": "1"})
        content = BytesIO(f"File {number}".encode())
        add_attachment(actor=cast.rep, room_id=cast.deal.room_id, name=f"{number}.txt", content=content)
    accept(cast, win(cast), asked_of=cast.ingrid.pk)
    goal = Goal.objects.latest("position")
    for hours in range(1, 4):
        one = measure(cast, goal, 94 + hours, now() - timedelta(hours=hours))
        dispute_measurement(actor=cast.buyer, measurement_id=one.pk, version=one.version, text="Not ours.")
    for number in range(2):
        LedgerCheck.objects.create(at=now(), took_ms=1, rooms=1, entries=number, erased=0, checkpoint="", digest="")
    handoff = Handoff.objects.get()
    return {"room": cast.deal.room_id, "deal": cast.deal.pk, "goal": goal.pk, "handoff": handoff.pk}


@pytest.mark.slow
def test_lists_cost_the_same_for_one_row_as_for_all(cast: Cast, story: dict[str, object]) -> None:
    api = Caller(make_key(cast.admin))
    api.get("/teams/")  # the key's first use is written down
    growing = {}
    for pattern in LISTS:
        path = pattern.format(**story)
        counts = []
        for limit in (1, 100):
            with CaptureQueriesContext(connection) as captured:
                answer = api.get(f"{path}{'&' if '?' in path else '?'}limit={limit}")
            assert answer.status_code == 200, (path, answer.content)
            counts.append(len(captured))
        if not any(part in pattern for part in ALWAYS_ONE):
            assert len(answer.json()["data"]) > 1 or "organizations" in path, path
        if counts[0] != counts[1] or counts[1] > 9:
            growing[path] = counts
    assert growing == {}
