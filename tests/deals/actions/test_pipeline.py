"""Pipelines and stages: made, ordered, changed and taken out by an administrator, without touching what was agreed."""

from typing import Any

import pytest

from crm.actors import Actor, as_user
from crm.errors import DomainError, Invalid, NotAllowed, NotFound, Refused, Stale
from crm.models import Event
from deals.actions.deal import open_deal
from deals.actions.pipeline import archive_pipeline, change_pipeline, create_pipeline, restore_pipeline
from deals.actions.stage import change_stage, create_stage, move_stage, remove_stage
from deals.models import Pipeline, Stage
from deals.queries.board import BoardFilter, get_board
from deals.queries.pipeline import pipeline_view
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    cast = Cast()
    _ = cast.deal, cast.admin
    return cast


def admin(cast: Cast) -> Actor:
    return as_user(cast.admin)


def renewal(cast: Cast) -> Pipeline:
    like = Pipeline.objects.get(slug="short").pk
    return create_pipeline(actor=admin(cast), name="Next goal of a client", like=like)


def names(pipeline: Pipeline) -> list[str]:
    return list(pipeline.stages.order_by("position").values_list("name", flat=True))


def faults(error: pytest.ExceptionInfo[DomainError]) -> list[str]:
    return [one.field for one in error.value.faults]


def test_a_new_pipeline_has_the_stages_and_gates_of_another(cast: Cast) -> None:
    pipeline = renewal(cast)
    assert (pipeline.slug, pipeline.position) == ("next-goal-of-a-client", 2)
    assert names(pipeline) == ["Meet", "Agree"]
    agree = pipeline.stages.get(name="Agree")
    assert [gate.code for gate in agree.gates.all()] == ["problem_agreed", "criteria_agreed"]
    assert names(Pipeline.objects.get(slug="short")) == ["Meet", "Agree"]
    with pytest.raises(Invalid) as error:
        create_pipeline(actor=admin(cast), name="next goal of A client", like=pipeline.pk)
    assert faults(error) == ["name"]
    with pytest.raises(Invalid) as error:
        create_pipeline(actor=admin(cast), name="", like="nonsense")
    assert sorted(faults(error)) == ["like", "like", "name"]


def test_renamed_and_put_in_another_place(cast: Cast) -> None:
    pipeline = renewal(cast)
    change_pipeline(actor=admin(cast), pipeline_id=pipeline.pk, version=1, name="Renewal", place="1")
    assert list(Pipeline.objects.values_list("name", "position")) == [("Renewal", 0), ("Default", 1), ("Short", 2)]
    with pytest.raises(Stale):
        change_pipeline(actor=admin(cast), pipeline_id=pipeline.pk, version=1, name="Mine")
    with pytest.raises(Invalid) as error:
        change_pipeline(actor=admin(cast), pipeline_id=pipeline.pk, version=2, name="Short", place="9")
    assert sorted(faults(error)) == ["name", "place"]
    told = Event.objects.filter(type="pipeline.changed", subject_id=pipeline.pk).latest("at")
    assert told.data == {"fields": ["name", "position"], "name": "Renewal"}


def test_out_of_use_no_deal_begins_and_those_in_it_go_on(cast: Cast) -> None:
    default, short = Pipeline.objects.get(slug="default"), Pipeline.objects.get(slug="short")
    archive_pipeline(actor=admin(cast), pipeline_id=default.pk, version=default.version)
    assert [one.name for one in get_board(cast.rep, BoardFilter()).pipelines] == ["Default", "Short"]
    with pytest.raises(Invalid):
        open_deal(actor=cast.rep, title="Late", pipeline_id=default.pk, organization_id=cast.halvorsen.pk)
    with pytest.raises(Refused):
        archive_pipeline(actor=admin(cast), pipeline_id=short.pk, version=short.version)
    assert get_board(as_user(cast.stranger), BoardFilter()).pipeline == short, "nothing of theirs is in it"
    default.refresh_from_db()
    restore_pipeline(actor=admin(cast), pipeline_id=default.pk, version=default.version)
    assert Pipeline.objects.in_use().count() == 2


def test_a_stage_is_added_changed_and_moved(cast: Cast) -> None:
    pipeline = renewal(cast)
    values: dict[str, Any] = {"name": "Look back", "question": "Did it do what we said?", "gates": ["criteria_agreed"]}
    stage = create_stage(actor=admin(cast), pipeline_id=pipeline.pk, values=values)
    assert stage.recorded_is_enough
    move_stage(actor=admin(cast), stage_id=stage.pk, version=2, to="earlier")
    assert names(pipeline) == ["Meet", "Look back", "Agree"]
    with pytest.raises(Stale):
        move_stage(actor=admin(cast), stage_id=stage.pk, version=2, to="earlier")
    changed = {"gates": ["success_owner_named", "problem_agreed"], "answer_roles": ["champion"]}
    stage = change_stage(actor=admin(cast), stage_id=stage.pk, version=1, values=changed)
    assert [gate.code for gate in stage.gates.all()] == ["success_owner_named", "problem_agreed"]
    assert stage.version == 2
    change_stage(actor=admin(cast), stage_id=stage.pk, version=2, values={"gates": ["problem_agreed"]})
    with pytest.raises(Stale):
        change_stage(actor=admin(cast), stage_id=stage.pk, version=2, values={"name": "Mine"})
    history = pipeline_view(admin(cast), pipeline.pk).history.happenings
    assert [str(one.entry.sentence) for one in history] == [
        "Ada Admin changed the stage Look back: gates",
        "Ada Admin changed the stage Look back: who must say yes and gates",
        "Ada Admin moved the stage Look back",
        "Ada Admin added the stage Look back",
        "Ada Admin made the pipeline Next goal of a client",
    ]


@pytest.mark.parametrize(
    ("values", "at"),
    [
        ({"name": ""}, ["name"]),
        ({"name": "agree"}, ["name"]),
        ({"question": "x" * 401}, ["question"]),
        ({"gates": ["everything"]}, ["gates"]),
        ({"gates": "problem_agreed"}, ["gates"]),
        ({"answer_roles": ["king"]}, ["answer_roles"]),
        ({"position": 3}, ["position"]),
    ],
)
def test_what_a_stage_cannot_be(cast: Cast, values: dict[str, Any], at: list[str]) -> None:
    meet = renewal(cast).stages.get(name="Meet")
    with pytest.raises(Invalid) as error:
        change_stage(actor=admin(cast), stage_id=meet.pk, version=1, values=values)
    assert faults(error) == at


def test_only_a_stage_no_deal_ever_knew_is_taken_out(cast: Cast) -> None:
    stage = Stage.objects.get(pk=cast.deal.stage_id)
    with pytest.raises(Refused, match="is in this stage"):
        remove_stage(actor=admin(cast), stage_id=stage.pk, version=stage.pipeline.version)
    pipeline = renewal(cast)
    first, last = pipeline.stages.order_by("position")
    with pytest.raises(Refused):
        move_stage(actor=admin(cast), stage_id=first.pk, version=1, to="earlier")
    remove_stage(actor=admin(cast), stage_id=first.pk, version=1)
    assert names(pipeline) == ["Agree"]
    with pytest.raises(Refused):
        remove_stage(actor=admin(cast), stage_id=last.pk, version=2)
    with pytest.raises(NotFound):
        remove_stage(actor=admin(cast), stage_id=first.pk, version=2)


def test_nobody_else_changes_them(cast: Cast) -> None:
    pipeline, actor = Pipeline.objects.get(slug="short"), as_user(cast.jonas)
    stage = pipeline.stages.earliest("position")
    with pytest.raises(NotAllowed):
        create_pipeline(actor=actor, name="Mine", like=pipeline.pk)
    with pytest.raises(NotAllowed):
        change_pipeline(actor=actor, pipeline_id=pipeline.pk, version=1, name="Mine")
    with pytest.raises(NotAllowed):
        archive_pipeline(actor=actor, pipeline_id=pipeline.pk, version=1)
    with pytest.raises(NotAllowed):
        create_stage(actor=actor, pipeline_id=pipeline.pk, values={})
    with pytest.raises(NotAllowed):
        change_stage(actor=actor, stage_id=stage.pk, version=1, values={})
    with pytest.raises(NotAllowed):
        move_stage(actor=actor, stage_id=stage.pk, version=1, to="later")
    with pytest.raises(NotAllowed):
        remove_stage(actor=actor, stage_id=stage.pk, version=1)
