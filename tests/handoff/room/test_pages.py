"""After the close in the room: the client reads, measures, confirms, disputes; nothing internal is there."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from crm.clock import now
from crm.models import Participant, Question
from deals.actions.stakeholder import add_stakeholder
from handoff.actions.brief import ask_back
from handoff.actions.goal import ask_goal_reached
from handoff.models import Dispute, Goal, Handoff, Measurement, MeasurementState, SuccessPlan
from tests.cast import Cast
from tests.crm.room.door import client_of
from tests.handoff.story import accept, goal_of, measure, success, win

pytestmark = pytest.mark.django_db


def browse(person: Participant) -> Client:
    return client_of(person.contact)


def url(name: str, cast: Cast, *args: object) -> str:
    return reverse(f"handoff_room:{name}", args=[cast.deal.room_id, *args])


@pytest.mark.slow
def test_the_brief_opens_for_the_client_once_accepted_and_without_the_review(cast: Cast) -> None:
    wants = {"side": "buyer", "contact": cast.daniel.contact_id, "wants": "No surprises after we sign."}
    add_stakeholder(actor=cast.rep, deal_id=cast.deal.pk, values=wants)
    handoff = win(cast)
    client = browse(cast.ingrid)
    assert client.get(url("brief", cast, handoff.pk)).status_code == 404
    question = ask_back(actor=success(cast), item_id=handoff.items.first().pk, version=1, text="An internal doubt?")
    question.answer, question.answered_at = "An internal answer.", now()
    question.save()
    accept(cast, handoff, asked_of=cast.ingrid.pk)
    text = client.get(url("brief", cast, handoff.pk)).content.decode()
    assert "Planners forecast by hand" in text
    assert "No surprises after we sign.<br>A guess, not their own words." in text
    assert "You are asked whether this is right." in text
    assert "internal" not in text
    today = client.get(reverse("room:today", args=[cast.deal.room_id])).content.decode()
    assert "Is this what we agreed" in today
    assert "Fill rate" in today


@pytest.mark.slow
def test_the_client_measures_confirms_and_disputes(cast: Cast) -> None:
    goal = goal_of(cast)
    ours = measure(cast, goal, "94", now() - timedelta(days=9))
    client = browse(cast.ingrid)
    page = client.get(url("goal", cast, goal.pk)).content.decode()
    assert "That’s right" in page
    assert "<desc" in page
    assert client.post(url("confirm", cast, goal.pk, ours.pk), {"version": 1}).status_code == 302
    ours.refresh_from_db()
    assert ours.state == MeasurementState.CONFIRMED
    sent = {"value": "94.4", "measured_at": (now() - timedelta(days=1)).date().isoformat(), "source": "Our own count"}
    assert client.post(url("measure", cast, goal.pk), sent).status_code == 302
    mine = Measurement.objects.get(source="Our own count")
    assert mine.by_contact == cast.ingrid.contact
    empty = client.post(url("dispute", cast, goal.pk, ours.pk), {"version": 2, "text": " "})
    assert empty.status_code == 422
    stale = client.post(url("dispute", cast, goal.pk, ours.pk), {"version": 1, "text": "My long words"})
    assert stale.status_code == 422
    assert "My long words" in stale.content.decode()
    assert client.post(url("dispute", cast, goal.pk, ours.pk), {"version": 2, "text": "Twice."}).status_code == 302
    assert Dispute.objects.get().raised_by == cast.ingrid.contact


@pytest.mark.slow
def test_whether_it_is_reached_is_asked_as_every_question(cast: Cast) -> None:
    goal = goal_of(cast)
    measure(cast, goal, "97.9")
    ask_goal_reached(actor=success(cast), goal_id=goal.pk, asked_of=cast.ingrid.pk)
    today = browse(cast.ingrid).get(reverse("room:today", args=[cast.deal.room_id])).content.decode()
    assert "Is this reached: Fill rate?" in today
    assert Question.objects.open().count() == 1


@pytest.mark.slow
def test_bad_numbers_keep_what_was_typed(cast: Cast) -> None:
    goal = goal_of(cast)
    sent = {"value": "lots", "measured_at": "2026-02-31", "source": "My list"}
    page = browse(cast.ingrid).post(url("measure", cast, goal.pk), sent)
    assert page.status_code == 422
    assert "My list" in page.content.decode()


@pytest.mark.slow
def test_who_sees_what(cast: Cast) -> None:
    goal = goal_of(cast)
    handoff, plan = Handoff.objects.get(), SuccessPlan.objects.get()
    narrow = browse(cast.let_in(cast.contact("Erik Lund"), sections=["problem"]))
    assert narrow.get(url("goal", cast, goal.pk)).status_code == 404
    assert narrow.get(url("plan", cast, plan.pk)).status_code == 404
    text = narrow.get(url("brief", cast, handoff.pk)).content.decode()
    assert "Planners forecast" in text
    assert "97.5" not in text
    partner = browse(cast.let_in(cast.contact("Sander Vos"), side="partner"))
    text = partner.get(url("goal", cast, goal.pk)).content.decode()
    assert "That’s right" not in text
    measurement = measure(cast, goal, "94")
    assert partner.post(url("confirm", cast, goal.pk, measurement.pk), {"version": 1}).status_code == 403
    ruth = cast.let_in(cast.contact("Ruth Abara"))
    gone = browse(ruth)
    Participant.objects.filter(pk=ruth.pk).update(revoked_at=now())
    assert gone.get(url("goal", cast, goal.pk)).status_code == 403
    assert Client().get(url("goal", cast, goal.pk)).status_code == 302


@pytest.mark.slow
def test_a_goal_of_another_room_is_not_there(cast: Cast) -> None:
    goal = goal_of(cast)
    from crm.actions.room import open_room

    other = open_room(actor=cast.rep, title="Another", owner=cast.maya, team=cast.team)
    cast.let_in(cast.ingrid.contact, room=other)
    address = reverse("handoff_room:goal", args=[other.pk, goal.pk])
    assert browse(cast.ingrid).get(address).status_code == 404


@pytest.mark.slow
def test_room_pages_ask_the_database_a_fixed_number_of_times(cast: Cast, assert_query_baseline: Any) -> None:
    for number in range(3):
        cast.write_criterion(title=f"Criterion {number}")
    goal_of(cast)
    for goal in Goal.objects.all():
        measure(cast, goal, "94")
    client = browse(cast.ingrid)
    with assert_query_baseline("handoff_room:plan"):
        client.get(url("plan", cast, SuccessPlan.objects.get().pk))
    with assert_query_baseline("handoff_room:goal"):
        client.get(url("goal", cast, Goal.objects.first().pk))
    with assert_query_baseline("handoff_room:brief"):
        client.get(url("brief", cast, Handoff.objects.get().pk))
