"""The room's first page: whose turn it is, at the same cost for any number of people."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm.models import Participant
from crm.queries.waiting import waiting_for_others
from tests.cast import Cast
from tests.crm.room.door import client_of
from tests.deals.actions.test_stage_move import ask, move_to

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def ask_more(cast: Cast, people: int) -> None:
    already = Participant.objects.count()
    for number in range(already, already + people):
        person = cast.let_in(cast.contact(f"Person {number}"))
        ask(cast, cast.problem(), cast.criteria(), of=person)
        ask(cast, move_to(cast, "Understand"), of=person)


def test_what_waits_for_others_is_named_in_a_few_queries(cast: Cast) -> None:
    counts = []
    for _time in range(2):
        ask_more(cast, 3)
        with CaptureQueriesContext(connection) as queries:
            waiting = waiting_for_others(cast.buyer)
        counts.append(len(queries))
    assert len(waiting) == 12
    assert [str(named.label) for named in waiting[0].about] == ["Our problem", "What success means"]
    assert waiting[1].about[0].url == reverse("room:today", args=[cast.deal.room_id])
    assert counts == [5, 5], "questions, their consents, and each kind of thing"


def test_the_page_costs_the_same_for_more_people(cast: Cast, assert_query_baseline) -> None:
    ask(cast, cast.problem())
    client = client_of(cast.ingrid.contact)
    ask_more(cast, 2)
    page = reverse("room:today", args=[cast.deal.room_id])
    with assert_query_baseline("room:today"):
        client.get(page)
    ask_more(cast, 4)
    with assert_query_baseline("room:today"):
        assert "Person 6" in client.get(page).content.decode()
