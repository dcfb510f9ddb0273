"""Values arrive, are confirmed, disputed, corrected; the goal is judged each time."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from crm.actors import as_participant, as_user
from crm.clock import now
from crm.errors import Invalid, NotAllowed, NotFound, Refused, Stale
from crm.models import Event, Question
from handoff.actions.goal import ask_goal_reached, rejudge_goals
from handoff.actions.measurement import (
    answer_dispute,
    confirm_measurement,
    correct_measurement,
    dispute_measurement,
    record_measurement,
)
from handoff.models import Dispute, Goal, GoalState, Measurement, MeasurementState
from tests.cast import Cast
from tests.handoff.story import goal_of, measure, say, success

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> tuple[Cast, Goal]:
    """Fill rate, 93.4% to 97.5%, due half a year from now and half way in."""
    cast = Cast()
    cast.write_problem()
    cast.write_criterion()
    goal = goal_of(cast)
    today = now().date()
    Goal.objects.filter(pk=goal.pk).update(
        baseline_on=today - timedelta(days=180), due_on=today + timedelta(days=180), frequency="month"
    )
    goal.refresh_from_db()
    return cast, goal


@pytest.fixture
def story(told: tuple[Cast, Goal]) -> tuple[Cast, Goal]:
    return deepcopy(told)


@pytest.fixture
def cast(story: tuple[Cast, Goal]) -> Cast:
    return story[0]


@pytest.fixture
def goal(story: tuple[Cast, Goal]) -> Goal:
    return story[1]


def test_a_value_is_kept_with_who_and_judges_the_goal(cast: Cast, goal: Goal) -> None:
    measurement = measure(cast, goal, "94.0", period="March", note="All 214 stores")
    goal.refresh_from_db()
    assert (measurement.value, measurement.by_user, measurement.source) == (Decimal("94.0"), cast.tomas, goal.source)
    assert (goal.state, goal.reason) == (GoalState.OFF_TRACK, "far_behind_path")
    types = list(Event.objects.filter(room=cast.deal.room).order_by("pk").values_list("type", flat=True))[-2:]
    assert types == ["measurement.recorded", "goal.off_track"]


def test_the_same_again_is_the_same_and_another_value_is_refused(cast: Cast, goal: Goal) -> None:
    at = now() - timedelta(days=1)
    first = measure(cast, goal, "94", at)
    same, created = record_measurement(actor=success(cast), goal_id=goal.pk, value="94.00", measured_at=at)
    assert (same.pk, created) == (first.pk, False)
    with pytest.raises(Refused) as refusal:
        measure(cast, goal, "95", at)
    assert refusal.value.code == "measurement_differs"
    assert refusal.value.faults[0].field == f"measurements.{first.pk}"
    measure(cast, goal, "95", at, source="Another list")
    assert Measurement.objects.count() == 2


BAD: list[tuple[str, dict[str, Any]]] = [
    ("value", {"value": "many"}),
    ("value", {"value": ""}),
    ("value", {"value": "NaN"}),
    ("value", {"value": "1e30"}),
    ("value", {"value": "1.23456"}),
    ("measured_at", {"measured_at": ""}),
    ("measured_at", {"measured_at": "2026-02-31T00:00:00Z"}),
    ("measured_at", {"measured_at": "2026-02-01T00:00:00"}),
    ("measured_at", {"measured_at": "0001-01-01T00:00:00Z"}),
    ("measured_at", {"measured_at": "1900-01-01T00:00:00Z"}),
    ("measured_at", {"measured_at": datetime(2190, 1, 1, tzinfo=UTC)}),
    ("source", {"source": "x" * 401}),
    ("period", {"period": "two\nlines"}),
    ("note", {"note": "a\x00b"}),
    ("unit", {"unit": "tons"}),
    ("evidence", {"evidence": uuid4()}),
]


@pytest.mark.parametrize(("field", "bad"), BAD)
def test_what_cannot_be_taken_is_said_at_the_field(cast: Cast, goal: Goal, field: str, bad: dict[str, Any]) -> None:
    values = {"value": "94", "measured_at": now() - timedelta(days=1), **bad}
    with pytest.raises(Invalid) as fault:
        record_measurement(actor=success(cast), goal_id=goal.pk, **values)
    assert [one.field for one in fault.value.faults] == [field]
    assert not Measurement.objects.exists()


def test_who_may_measure(cast: Cast, goal: Goal) -> None:
    for user, error in ((cast.colleague, NotAllowed), (cast.stranger, NotFound), (cast.priya, NotFound)):
        with pytest.raises(error):
            measure(cast, goal, "94", actor=as_user(user))
    narrow = cast.let_in(cast.contact("Erik Lund"), sections=["problem"])
    with pytest.raises(NotFound):
        measure(cast, goal, "94", actor=as_participant(narrow))
    assert measure(cast, goal, "94", actor=cast.buyer).by_contact == cast.ingrid.contact


def test_the_customer_confirms_and_nobody_else(cast: Cast, goal: Goal) -> None:
    measurement = measure(cast, goal, "94")
    for user in (cast.maya, cast.tomas, cast.admin):
        with pytest.raises(NotAllowed):
            confirm_measurement(actor=as_user(user), measurement_id=measurement.pk, version=1)
    reader = as_participant(cast.let_in(cast.contact("Ruth Abara"), may_answer=False))
    partner = as_participant(cast.let_in(cast.contact("Sander Vos"), side="partner"))
    for actor in (reader, partner):
        with pytest.raises(NotAllowed):
            confirm_measurement(actor=actor, measurement_id=measurement.pk, version=1)
    with pytest.raises(Stale):
        confirm_measurement(actor=cast.buyer, measurement_id=measurement.pk, version=9)
    confirmed = confirm_measurement(actor=cast.buyer, measurement_id=measurement.pk, version=1)
    assert (confirmed.state, confirmed.confirmed_by) == (MeasurementState.CONFIRMED, cast.ingrid.contact)
    assert confirm_measurement(actor=cast.buyer, measurement_id=measurement.pk, version=1).version == 2


def test_a_dispute_is_answered_and_settled_by_the_customer(cast: Cast, goal: Goal) -> None:
    measurement = measure(cast, goal, "94")
    with pytest.raises(NotAllowed):
        dispute_measurement(actor=success(cast), measurement_id=measurement.pk, version=1, text="Wrong")
    dispute = dispute_measurement(actor=cast.buyer, measurement_id=measurement.pk, version=1, text="Counted twice.")
    again = dispute_measurement(actor=cast.buyer, measurement_id=measurement.pk, version=1, text="Counted twice.")
    assert again == dispute
    with pytest.raises(Refused):
        dispute_measurement(actor=cast.buyer, measurement_id=measurement.pk, version=2, text="And late.")
    with pytest.raises(NotAllowed):
        answer_dispute(actor=cast.buyer, dispute_id=dispute.pk, text="No")
    answer_dispute(actor=success(cast), dispute_id=dispute.pk, text="Finance says it is right.")
    answer_dispute(actor=success(cast), dispute_id=dispute.pk, text="Finance says it is right.")
    with pytest.raises(Refused):
        answer_dispute(actor=cast.rep, dispute_id=dispute.pk, text="Something else")
    measurement.refresh_from_db()
    assert measurement.state == MeasurementState.DISPUTED
    confirm_measurement(actor=cast.buyer, measurement_id=measurement.pk, version=measurement.version)
    assert Dispute.objects.get().settled_at is not None
    measurement.refresh_from_db()
    dispute_measurement(actor=cast.buyer, measurement_id=measurement.pk, version=measurement.version, text="Still.")
    assert Dispute.objects.count() == 2


def test_a_correction_keeps_the_first_value(cast: Cast, goal: Goal) -> None:
    old = measure(cast, goal, "94", period="March")
    dispute = dispute_measurement(actor=cast.buyer, measurement_id=old.pk, version=1, text="It was 95.")
    with pytest.raises(Invalid):
        correct_measurement(actor=success(cast), measurement_id=old.pk, version=2, value="95", note=" ")
    with pytest.raises(Stale):
        correct_measurement(actor=success(cast), measurement_id=old.pk, version=1, value="95", note="Booked twice")
    with pytest.raises(Refused) as same:
        correct_measurement(actor=success(cast), measurement_id=old.pk, version=2, value="94", note="No change")
    assert same.value.code == "same_value"
    new = correct_measurement(actor=success(cast), measurement_id=old.pk, version=2, value="95", note="Booked twice")
    twice = correct_measurement(actor=success(cast), measurement_id=old.pk, version=2, value="95", note="Booked twice")
    assert twice == new
    with pytest.raises(Refused):
        correct_measurement(actor=success(cast), measurement_id=old.pk, version=3, value="96", note="Again")
    old.refresh_from_db()
    dispute.refresh_from_db()
    assert (old.state, new.corrects, new.state) == ("corrected", old, "new")
    assert old.value == Decimal(94)
    assert (new.period, new.source, new.measured_at) == (old.period, old.source, old.measured_at)
    assert dispute.settled_at is not None
    assert list(Measurement.objects.current()) == [new]
    for act in (confirm_measurement,):
        with pytest.raises(Refused):
            act(actor=cast.buyer, measurement_id=old.pk, version=old.version)


def test_a_partner_corrects_only_their_own(cast: Cast, goal: Goal) -> None:
    partner = as_participant(cast.let_in(cast.contact("Sander Vos"), side="partner"))
    ours, theirs = measure(cast, goal, "94"), measure(cast, goal, "95", now() - timedelta(days=3), actor=partner)
    with pytest.raises(NotAllowed):
        correct_measurement(actor=partner, measurement_id=ours.pk, version=1, value="96", note="No")
    assert correct_measurement(actor=partner, measurement_id=theirs.pk, version=1, value="96", note="Typo").value == 96


def test_only_the_customers_yes_makes_a_goal_reached_for_good(cast: Cast, goal: Goal) -> None:
    with pytest.raises(Refused) as early:
        ask_goal_reached(actor=success(cast), goal_id=goal.pk, asked_of=cast.ingrid.pk)
    assert early.value.code == "not_reached"
    measure(cast, goal, "97.6", now() - timedelta(days=2))
    goal.refresh_from_db()
    assert (goal.state, goal.confirmed_at) == (GoalState.REACHED, None)
    say(ask_goal_reached(actor=success(cast), goal_id=goal.pk, asked_of=cast.ingrid.pk))
    goal.refresh_from_db()
    assert (goal.state, goal.reason, goal.confirmed_by) == ("reached", "confirmed", cast.ingrid.contact)
    measure(cast, goal, "95")
    goal.refresh_from_db()
    assert goal.state == GoalState.REACHED
    with pytest.raises(Refused):
        ask_goal_reached(actor=success(cast), goal_id=goal.pk, asked_of=cast.ingrid.pk)


def test_taking_the_confirmation_back_lets_the_numbers_judge(cast: Cast, goal: Goal) -> None:
    from crm.actions.consent import withdraw_consent

    measure(cast, goal, "97.6", now() - timedelta(days=2))
    question = ask_goal_reached(actor=success(cast), goal_id=goal.pk, asked_of=cast.ingrid.pk)
    say(question)
    measure(cast, goal, "95.4")
    withdraw_consent(actor=cast.buyer, consent_id=question.consents.get().pk)
    goal.refresh_from_db()
    assert (goal.state, goal.confirmed_at) == (GoalState.ON_TRACK, None)
    assert Event.objects.filter(type="goal.confirmation_withdrawn").count() == 1


def test_a_newer_number_makes_the_question_stale(cast: Cast, goal: Goal) -> None:
    measure(cast, goal, "97.6", now() - timedelta(days=2))
    question = ask_goal_reached(actor=success(cast), goal_id=goal.pk, asked_of=cast.ingrid.pk)
    measure(cast, goal, "97.8")
    with pytest.raises(Stale):
        say(question)
    goal.refresh_from_db()
    assert goal.confirmed_at is None
    assert not Question.objects.open().exists()


def test_a_disputed_target_is_not_reached_yet(cast: Cast, goal: Goal) -> None:
    measurement = measure(cast, goal, "97.6")
    dispute_measurement(actor=cast.buyer, measurement_id=measurement.pk, version=1, text="No.")
    goal.refresh_from_db()
    assert (goal.state, goal.reason) == (GoalState.ON_TRACK, "target_met_disputed")


def test_a_passed_due_date_turns_the_goal_without_anybody(cast: Cast, goal: Goal) -> None:
    measure(cast, goal, "95.6")
    assert rejudge_goals() == 0
    version = Goal.objects.get().version
    Goal.objects.update(due_on=now().date() - timedelta(days=1))
    assert rejudge_goals() == 1
    goal.refresh_from_db()
    assert (goal.state, goal.reason, goal.version) == (GoalState.MISSED, "due_passed", version + 1)
    event = Event.objects.get(type="goal.missed")
    assert (event.by_user, event.data["from"]) == (None, "on_track")
    assert rejudge_goals() == 0


def test_yes_or_no(cast: Cast, goal: Goal) -> None:
    Goal.objects.update(direction="reach", unit="", baseline=None, target=None, baseline_on=None)
    with pytest.raises(Invalid):
        measure(cast, goal, "2")
    measure(cast, goal, "0", now() - timedelta(days=1))
    measure(cast, goal, "1")
    goal.refresh_from_db()
    assert goal.state == GoalState.REACHED
