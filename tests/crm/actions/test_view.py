"""Saved views: kept, shared with a team and those below it, begun in, changed by whose they are."""

import pytest

from crm.actions.view import begin_in_view, change_view, delete_view, save_view
from crm.actors import as_user
from crm.errors import Invalid, NotAllowed, NotFound, Stale
from crm.models import Event, View
from crm.queries.view import get_view, rows_of_view, views
from tests.cast import Cast, make_user

pytestmark = pytest.mark.django_db

LARGE = {"all": [{"field": "amount", "op": "at_least", "values": ["1000"]}]}


@pytest.fixture
def view(cast: Cast) -> View:
    values = {"name": "Large", "filter": LARGE, "columns": ["amount", "stage"], "sort": "-amount"}
    return save_view(actor=cast.rep, kind="deal", values=values)


def test_a_view_is_ones_own_until_it_is_shared(cast: Cast, view: View) -> None:
    colleague, stranger, manager = map(as_user, (cast.colleague, cast.stranger, cast.jonas))
    assert list(views(cast.rep)) == [view]
    assert not views(colleague).exists()
    shared = change_view(actor=cast.rep, view_id=view.pk, version=1, values={"shared": True})
    assert shared.team == cast.team
    assert list(views(colleague, "deal")) == [view]
    assert not views(colleague, "contact").exists()
    assert not views(stranger).exists()
    above = save_view(actor=manager, kind="deal", values={"name": "All of sales", "shared": True})
    assert set(views(colleague)) == {view, above}
    with pytest.raises(NotFound):
        get_view(stranger, view.pk)
    change_view(actor=cast.rep, view_id=view.pk, version=2, values={"shared": False})
    assert list(views(colleague)) == [above]
    assert Event.objects.filter(type="view.changed", subject_id=view.pk).count() == 2


def test_everybody_sees_in_a_shared_view_only_what_they_see_anyway(cast: Cast, view: View) -> None:
    assert [row.pk for row in rows_of_view(cast.rep, view)] == [cast.deal.pk]
    assert list(rows_of_view(as_user(cast.stranger), view)) == []


def test_only_its_owner_changes_and_deletes_it(cast: Cast, view: View) -> None:
    change_view(actor=cast.rep, view_id=view.pk, version=1, values={"shared": True})
    colleague = as_user(cast.colleague)
    with pytest.raises(NotAllowed):
        change_view(actor=colleague, view_id=view.pk, version=2, values={"name": "Mine"})
    with pytest.raises(NotAllowed):
        delete_view(actor=colleague, view_id=view.pk, version=2)
    with pytest.raises(Stale):
        delete_view(actor=cast.rep, view_id=view.pk, version=1)
    begin_in_view(actor=colleague, kind="deal", view_id=view.pk)
    delete_view(actor=cast.rep, view_id=view.pk, version=2)
    assert not views(colleague).exists()


def test_one_begins_in_a_view_one_may_open(cast: Cast, view: View) -> None:
    begin_in_view(actor=cast.rep, kind="deal", view_id=view.pk)
    assert views(cast.rep).get().is_default
    other = save_view(actor=cast.rep, kind="deal", values={"name": "Other"})
    begin_in_view(actor=cast.rep, kind="deal", view_id=other.pk)
    assert [one.pk for one in views(cast.rep) if one.is_default] == [other.pk]
    begin_in_view(actor=cast.rep, kind="deal", view_id=None)
    assert not any(one.is_default for one in views(cast.rep))
    with pytest.raises(NotFound):
        begin_in_view(actor=as_user(cast.stranger), kind="deal", view_id=view.pk)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "Large"}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"filter": {"all": [{"field": "none", "op": "is", "values": ["1"]}]}}, "filter"),
        ({"filter": "status:is:open"}, "filter"),
        ({"columns": ["none"]}, "columns"),
        ({"sort": "ground"}, "sort"),
        ({"form": "poem"}, "form"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_kept_says_where(cast: Cast, view: View, values: dict, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        save_view(actor=cast.rep, kind="deal", values={"name": "Another", **values})
    assert [fault.field for fault in refused.value.faults] == [field]


def test_guests_and_people_without_a_team_share_nothing(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        save_view(actor=cast.buyer, kind="deal", values={"name": "Ours"})
    assert not views(cast.buyer).exists()
    alone = as_user(make_user("Noa Newcomer", "rep", None))
    with pytest.raises(Invalid):
        save_view(actor=alone, kind="deal", values={"name": "Ours", "shared": True})
    with pytest.raises(NotFound):
        save_view(actor=cast.rep, kind="poem", values={"name": "Ours"})
