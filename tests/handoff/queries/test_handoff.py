"""Who is offered for the customer's confirmation: exactly those whom the question can be asked of."""

import pytest

from crm.errors import DomainError
from crm.models import Participant
from handoff.actions.goal import GOAL_REACHED, ask_goal_reached
from handoff.actions.handoff import BRIEF, ask_about_brief
from handoff.models import Goal, Handoff
from handoff.models.success_plan import SECTION
from handoff.queries.handoff import may_confirm
from tests.cast import Cast
from tests.handoff.story import accept, measure, success, win

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def guests(cast: Cast) -> list[Participant]:
    """Everybody who could be meant, with every kind of grant."""
    return [
        cast.ingrid,
        cast.let_in(cast.contact("All Named"), sections=["problem", "criteria", "people"]),
        cast.let_in(cast.contact("No People"), sections=["problem", "criteria"]),
        cast.let_in(cast.contact("Only Goals"), sections=[SECTION]),
        cast.let_in(cast.contact("Reads Along"), may_answer=False),
        cast.let_in(cast.contact("Paula Partner"), side="partner"),
    ]


def askable(people: list[Participant], ask) -> set[str]:
    found = set()
    for one in people:
        try:
            ask(one)
        except DomainError:
            continue
        found.add(one.contact.name)
    return found


def names(people: list[Participant]) -> set[str]:
    return {one.contact.name for one in people}


def test_the_brief(cast: Cast) -> None:
    people, handoff = guests(cast), accept(cast, win(cast))
    row = Handoff.objects.get(pk=handoff.pk)
    offered = names(may_confirm(BRIEF, row, row.room_id))
    assert offered == {"Ingrid Solberg", "All Named"}

    def ask(one: Participant) -> None:
        ask_about_brief(actor=success(cast), handoff_id=handoff.pk, asked_of=one.pk)

    assert askable(people, ask) == offered


def test_a_reached_goal(cast: Cast) -> None:
    people = guests(cast)
    accept(cast, win(cast))
    goal = Goal.objects.get()
    measure(cast, goal, "97.7")
    offered = names(may_confirm(GOAL_REACHED, goal, cast.deal.room_id))
    assert offered == {"Ingrid Solberg", "All Named", "No People", "Only Goals"}

    def ask(one: Participant) -> None:
        ask_goal_reached(actor=success(cast), goal_id=goal.pk, asked_of=one.pk)

    assert askable(people, ask) == offered


def test_more_people_cost_no_more_queries(cast: Cast, django_assert_num_queries) -> None:
    guests(cast)
    row = Handoff.objects.get(pk=accept(cast, win(cast)).pk)
    with django_assert_num_queries(2):
        may_confirm(BRIEF, row, row.room_id)
