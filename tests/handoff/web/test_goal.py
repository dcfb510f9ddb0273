"""The page of a goal says who a number came from: a person, or a key of theirs; in the room no label of a key is told."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from crm.actors import as_key
from crm.clock import now
from crm.models import ApiKey
from handoff.actions.measurement import correct_measurement
from tests.api.caller import make_key
from tests.cast import Cast
from tests.crm.room.door import client_of
from tests.handoff.story import goal_of, measure

pytestmark = pytest.mark.django_db

WITH_KEY = "“Warehouse ledger” (key of Tomás Herrera)"


def by_key(cast: Cast):
    make_key(cast.tomas)
    ApiKey.objects.update(name="Warehouse ledger")
    return as_key(ApiKey.objects.select_related("user").get())


@pytest.mark.slow
def test_a_number_from_a_key_names_the_key_and_whose_it_is(cast: Cast) -> None:
    goal, key = goal_of(cast), by_key(cast)
    first = measure(cast, goal, "95", actor=key)
    staff = Client()
    staff.force_login(cast.tomas)
    html = staff.get(reverse("handoff:goal", args=[goal.pk])).content.decode()
    assert f"{WITH_KEY} added a number: Fill rate" in html
    table = html[html.index("<tbody>") : html.index("</tbody>")]
    assert WITH_KEY in table
    correct_measurement(actor=key, measurement_id=first.pk, version=1, value="94", note="Counted twice")
    html = staff.get(reverse("handoff:goal", args=[goal.pk])).content.decode()
    assert f"{WITH_KEY} corrected a number: Fill rate" in html
    assert f"Corrected by {WITH_KEY}" in html


@pytest.mark.slow
def test_a_number_from_a_person_names_the_person_alone(cast: Cast) -> None:
    goal = goal_of(cast)
    by_key(cast)
    measure(cast, goal, "95")
    staff = Client()
    staff.force_login(cast.tomas)
    html = staff.get(reverse("handoff:goal", args=[goal.pk])).content.decode()
    assert "Tomás Herrera added a number" in html
    assert "Warehouse ledger" not in html


@pytest.mark.slow
def test_the_room_is_told_that_a_system_sent_it_but_not_how_the_key_is_called(cast: Cast) -> None:
    goal, key = goal_of(cast), by_key(cast)
    measure(cast, goal, "95", actor=key)
    room = goal.plan.room_id
    buyer = client_of(cast.ingrid.contact)
    html = buyer.get(reverse("handoff_room:goal", args=[room, goal.pk])).content.decode()
    assert "Tomás Herrera (through a system)" in html
    told = html + buyer.get(reverse("room:today", args=[room])).content.decode()
    assert "Warehouse ledger" not in told


@pytest.mark.slow
def test_a_wrong_day_is_corrected_and_both_stay_on_record(cast: Cast) -> None:
    goal = goal_of(cast)
    wrong = measure(cast, goal, "95", now() - timedelta(days=300))
    staff = Client()
    staff.force_login(cast.tomas)
    page = staff.get(reverse("handoff:goal", args=[goal.pk]), {"correct": str(wrong.pk)}).content.decode()
    stands = wrong.measured_at.astimezone(ZoneInfo(goal.plan.room.time_zone)).date()
    assert f'value="{stands.isoformat()}"' in page
    to = reverse("handoff:correct", args=[goal.pk, wrong.pk])
    typed = {"value": "95", "version": "1", "note": "Wrong year", "measured_at": "1900-01-01"}
    refused = staff.post(to, typed)
    assert refused.status_code == 422
    assert b"long before this work began" in refused.content
    right = (stands + timedelta(days=200)).isoformat()
    assert staff.post(to, typed | {"measured_at": right}).status_code == 302
    standing = goal.measurements.current().get()
    assert standing.corrects == wrong
    assert standing.measured_at.astimezone(ZoneInfo(goal.plan.room.time_zone)).date().isoformat() == right


@pytest.mark.slow
def test_the_day_that_stands_keeps_its_time_when_only_the_value_is_corrected(cast: Cast) -> None:
    goal = goal_of(cast)
    first = measure(cast, goal, "95", now() - timedelta(days=3))
    staff = Client()
    staff.force_login(cast.tomas)
    day = first.measured_at.astimezone(ZoneInfo(goal.plan.room.time_zone)).date().isoformat()
    typed = {"value": "94", "version": "1", "note": "Counted twice", "measured_at": day}
    assert staff.post(reverse("handoff:correct", args=[goal.pk, first.pk]), typed).status_code == 302
    assert goal.measurements.current().get().measured_at == first.measured_at
