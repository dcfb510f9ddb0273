"""The room's first page: whose turn it is, at the same cost for any number of people."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm.actors import as_participant
from crm.models import Participant
from crm.queries.waiting import waiting_for_others
from deals.queries.common_ground import common_grounds
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


def turns(cast: Cast, person: Participant) -> list[str]:
    """Return what "What we agreed so far" says to somebody about the problem and about success."""
    [ground] = common_grounds(as_participant(person), cast.deal.room)
    return [str(section.words) for section in ground.sections]


def test_whoever_is_asked_reads_that_it_is_with_them(cast: Cast) -> None:
    ask(cast, cast.problem())
    ask(cast, cast.problem(), of=cast.daniel)
    assert turns(cast, cast.ingrid) == ["with you", "not asked yet"]
    assert turns(cast, cast.daniel) == ["with you", "not asked yet"]
    assert turns(cast, cast.let_in(cast.contact("Mia Holm"))) == ["with Daniel", "not asked yet"]


def test_nothing_is_with_somebody_whose_question_cannot_be_answered(cast: Cast) -> None:
    ask(cast, cast.problem(), cast.criteria())
    ask(cast, cast.criteria(), of=cast.daniel)
    cast.write_problem("It costs twice as much.")
    assert turns(cast, cast.ingrid) == ["changed since asked", "with Daniel"]
    assert turns(cast, cast.daniel) == ["changed since asked", "with you"]
    page = client_of(cast.daniel.contact).get(reverse("room:today", args=[cast.deal.room_id])).content.decode()
    assert "The words have changed since Ingrid Solberg was asked." in page
    assert "Waits for Ingrid" not in page
