"""Saying how well we know a client: with evidence, kept with who and when, carried by a merge and back."""

from typing import Any

import pytest

from crm.actions.merge import merge_entries, undo_merge
from crm.actions.organization import create_organization
from crm.actions.relationship import MOST, state_relationship
from crm.actors import as_participant
from crm.errors import Invalid, NotAllowed, Refused, Stale
from crm.models import Event, Merge, Organization, Relationship
from crm.queries.merge import preview
from crm.queries.relationship import how_well_we_know
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def state(cast: Cast, organization: Organization, level: str = "working", **values: Any) -> Organization:
    organization.refresh_from_db()
    said = {"level": level, "evidence": ["A promise kept: 22 September"], **values}
    return state_relationship(
        actor=cast.rep, organization_id=organization.pk, version=organization.version, values=said
    )


def codes(error: pytest.ExceptionInfo[Invalid]) -> dict[str, str]:
    return {fault.field: fault.code for fault in error.value.faults}


def test_what_was_said_before_stays_readable(cast: Cast) -> None:
    state(cast, cast.halvorsen, "met")
    stated = state(cast, cast.halvorsen, "working", missing=["A goal of theirs", " "])
    knowing = how_well_we_know(cast.rep, stated)
    assert knowing.stands
    assert (knowing.stands.level, knowing.stands.by, knowing.stands.missing) == (
        "working",
        cast.maya,
        "A goal of theirs",
    )
    assert [one.level for one in knowing.earlier] == ["met"]
    assert [where for _level, where in knowing.levels] == ["done", "now", "", ""]
    event = Event.objects.get(type="relationship.stated", subject_id=knowing.stands.pk)
    assert event.room is None
    assert event.data == {"organization": str(stated.pk), "level": "working", "before": "met"}


def test_the_same_again_changes_nothing(cast: Cast) -> None:
    version = state(cast, cast.halvorsen).version
    assert state(cast, cast.halvorsen).version == version
    assert Relationship.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"level": ""}, {"level": "required"}),
        ({"level": "friends"}, {"level": "not_a_choice"}),
        ({"evidence": []}, {"evidence": "required"}),
        ({"evidence": [" ", ""]}, {"evidence": "required"}),
        ({"evidence": ["a\x00b"]}, {"evidence": "control_character"}),
        ({"evidence": ["a\nb"]}, {"evidence": "one_line"}),
        ({"evidence": ["x"] * (MOST + 1)}, {"evidence": "too_many"}),
        ({"missing": ["x" * 301]}, {"missing": "too_long"}),
        ({"score": "9"}, {"score": "unknown"}),
    ],
)
def test_a_level_needs_what_it_rests_on(cast: Cast, values: dict, code: dict) -> None:
    with pytest.raises(Invalid) as error:
        state(cast, cast.halvorsen, **values)
    assert codes(error) == code
    assert not Relationship.objects.exists()


def test_the_second_writer_gets_what_stands(cast: Cast) -> None:
    state(cast, cast.halvorsen, "met")
    with pytest.raises(Stale) as error:
        state_relationship(
            actor=cast.rep, organization_id=cast.halvorsen.pk, version=1, values={"level": "working", "evidence": ["x"]}
        )
    assert error.value.current.level == "met"
    assert error.value.current.version == 2


def test_nobody_from_outside_says_or_reads_it(cast: Cast) -> None:
    state(cast, cast.halvorsen)
    buyer = as_participant(cast.ingrid)
    with pytest.raises(NotAllowed):
        state_relationship(actor=buyer, organization_id=cast.halvorsen.pk, version=1, values={})
    assert not Relationship.objects.visible_to(buyer).exists()
    assert not Event.objects.visible_to(buyer).filter(type="relationship.stated").exists()


def merge(cast: Cast, kept: Organization, merged: Organization, *take: str) -> Merge:
    kept.refresh_from_db()
    merged.refresh_from_db()
    return merge_entries(
        actor=cast.rep, kind="organization", kept_id=kept.pk, merged_id=merged.pk, version=kept.version,
        merged_version=merged.version, take=take,
    )  # fmt: skip


def twin(cast: Cast) -> Organization:
    made = create_organization(actor=cast.rep, values={"name": "Halvorsen Foods AS"})
    return state(cast, made, "relying", evidence=["They asked us first"])


def test_a_merge_keeps_what_its_preview_shows_and_gives_it_back(cast: Cast) -> None:
    other = twin(cast)
    (field,) = [
        one
        for one in preview(cast.rep, "organization", cast.halvorsen.pk, other.pk).fields
        if one.name == "relationship"
    ]
    assert (field.kept, field.other, field.takes) == ("", "We rely on each other", True)
    one = merge(cast, cast.halvorsen, other, "relationship")
    cast.halvorsen.refresh_from_db()
    assert cast.halvorsen.relationship
    assert cast.halvorsen.relationship.organization == cast.halvorsen
    with pytest.raises(Refused):
        state(cast, other)
    undone = undo_merge(actor=cast.rep, merge_id=one.pk, version=one.version)
    assert undone.left == {}
    other.refresh_from_db()
    assert Organization.objects.get(pk=cast.halvorsen.pk).relationship is None
    assert other.relationship
    assert other.relationship.organization == other


def test_what_both_said_stays_readable_after_a_merge(cast: Cast) -> None:
    state(cast, cast.halvorsen, "met")
    one = merge(cast, cast.halvorsen, twin(cast))
    cast.halvorsen.refresh_from_db()
    knowing = how_well_we_know(cast.rep, cast.halvorsen)
    assert knowing.stands
    assert knowing.stands.level == "met"
    assert [said.level for said in knowing.earlier] == ["relying"]
    state(cast, cast.halvorsen, "working")
    assert undo_merge(actor=cast.rep, merge_id=one.pk, version=one.version).left == {}
    cast.halvorsen.refresh_from_db()
    assert [said.level for said in how_well_we_know(cast.rep, cast.halvorsen).earlier] == ["met"]
