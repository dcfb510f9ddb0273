"""Goals are judged as days pass, each for itself."""

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from crm import registry
from crm.actors import Actor
from crm.clock import now
from crm.models import Event
from handoff.actions.goal import rejudge_goals
from handoff.models import Goal, GoalState
from tests.cast import Cast
from tests.handoff.story import goal_of

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_a_goal_that_cannot_be_judged_keeps_no_other_waiting(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    cast.write_criterion(title="Waste")
    goal_of(cast)
    broken, sound = Goal.objects.order_by("pk")
    Goal.objects.update(due_on=now().date() - timedelta(days=1))

    def refuse(event: Event, actor: Actor) -> None:
        if event.subject_id == broken.pk:
            raise ZeroDivisionError

    monkeypatch.setitem(registry._reactions, "goal.missed", [refuse])
    with capture_logs() as logs, pytest.raises(ExceptionGroup) as failure:
        rejudge_goals()
    assert [type(one) for one in failure.value.exceptions] == [ZeroDivisionError]
    assert [(line["event"], line["goal"]) for line in logs] == [("goal_not_judged", str(broken.pk))]
    assert Goal.objects.get(pk=sound.pk).state == GoalState.MISSED
    untouched = Goal.objects.get(pk=broken.pk)
    assert (untouched.state, untouched.version) == (GoalState.NO_DATA, broken.version)
    assert [event.subject_id for event in Event.objects.filter(type="goal.missed")] == [sound.pk]
