"""Teams: lineage stays right for the whole part of the tree that moves."""

from uuid import uuid4

import pytest

from crm.actions.team import change_team, create_team
from crm.actors import as_user
from crm.errors import Invalid, NotAllowed, NotFound, Stale
from crm.models import Event, Room, Team
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def lineage(team: Team) -> list:
    return list(Team.objects.get(pk=team.pk).lineage)


def test_a_tree_moves_with_everything_below(cast: Cast) -> None:
    admin = as_user(cast.admin)
    east, west = create_team(actor=admin, name="East"), create_team(actor=admin, name="West")
    city = create_team(actor=admin, name="City", parent_id=east.pk)
    street = create_team(actor=admin, name="Street", parent_id=city.pk)
    change_team(actor=admin, team_id=city.pk, version=1, name="City", parent_id=west.pk)
    assert lineage(city) == [west.pk, city.pk]
    assert lineage(street) == [west.pk, city.pk, street.pk]
    with pytest.raises(Stale):
        change_team(actor=admin, team_id=city.pk, version=1, name="Town", parent_id=None)
    change_team(actor=admin, team_id=city.pk, version=2, name="Town", parent_id=None)
    assert lineage(street) == [city.pk, street.pk]
    assert Event.objects.filter(type="team.changed").last().data == {"fields": ["name", "parent"]}


def test_a_manager_sees_the_rooms_of_a_team_that_came_below(cast: Cast) -> None:
    assert cast.deal
    change_team(actor=as_user(cast.admin), team_id=cast.team.pk, version=1, name=cast.team.name, parent_id=None)
    assert not Room.objects.visible_to(as_user(cast.jonas)).exists()
    back = {"version": 2, "name": cast.team.name, "parent_id": str(cast.root.pk)}
    change_team(actor=as_user(cast.admin), team_id=cast.team.pk, **back)
    assert Room.objects.visible_to(as_user(cast.jonas)).exists()


def test_refusals(cast: Cast) -> None:
    admin = as_user(cast.admin)
    for parent in (cast.team, cast.root):
        with pytest.raises(Invalid, match="notes at the fields"):
            change_team(actor=admin, team_id=cast.root.pk, version=1, name="Sales", parent_id=parent.pk)
        assert lineage(cast.team) == [cast.root.pk, cast.team.pk]
    for name, parent_id in (("", None), ("Sales", None), ("a\x00", None), ("New", uuid4())):
        with pytest.raises(Invalid):
            create_team(actor=admin, name=name, parent_id=parent_id)
    with pytest.raises(NotFound):
        change_team(actor=admin, team_id=uuid4(), version=1, name="x", parent_id=None)
    with pytest.raises(NotAllowed):
        create_team(actor=as_user(cast.jonas), name="Mine")
