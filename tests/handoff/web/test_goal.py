"""The page of a goal says who a number came from: a person, or a key of theirs; in the room no label of a key is told."""

import pytest
from django.test import Client
from django.urls import reverse

from crm.actors import as_key
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
def test_a_number_from_a_key_names_the_key_and_whose_it_is() -> None:
    cast = Cast()
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
def test_a_number_from_a_person_names_the_person_alone() -> None:
    cast = Cast()
    goal = goal_of(cast)
    by_key(cast)
    measure(cast, goal, "95")
    staff = Client()
    staff.force_login(cast.tomas)
    html = staff.get(reverse("handoff:goal", args=[goal.pk])).content.decode()
    assert "Tomás Herrera added a number" in html
    assert "Warehouse ledger" not in html


@pytest.mark.slow
def test_the_room_is_told_that_a_system_sent_it_but_not_how_the_key_is_called() -> None:
    cast = Cast()
    goal, key = goal_of(cast), by_key(cast)
    measure(cast, goal, "95", actor=key)
    room = goal.plan.room_id
    buyer = client_of(cast.ingrid.contact)
    html = buyer.get(reverse("handoff_room:goal", args=[room, goal.pk])).content.decode()
    assert "Tomás Herrera (through a system)" in html
    told = html + buyer.get(reverse("room:today", args=[room])).content.decode()
    assert "Warehouse ledger" not in told
