"""Changing many at once: what is shown before is what happens, and what nobody touched since is put back."""

from typing import Any
from uuid import UUID

import pytest

from crm.actions import bulk_change as bulk_change_actions
from crm.actions.bulk_change import (
    drop_old_bulk_changes,
    preview_bulk_change,
    run_bulk_change,
    undo_bulk_change,
    work_on_bulk_changes,
)
from crm.actors import Actor, as_user
from crm.clock import now
from crm.errors import Invalid, NotAllowed, NotFound, Refused
from crm.models import BulkChange, BulkRow, BulkState, Contact, CustomField, Event, Organization
from crm.queries.bulk_change import get_bulk_change
from deals.actions.deal import change_deal, open_deal
from deals.models import Deal
from deals.queries.stage_total import missing_figures
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    cast = Cast()
    assert cast.deal
    assert cast.ingrid
    CustomField.objects.create(on="deal", key="region", label="Region", type="text")
    for number in range(4):
        open_deal(
            actor=cast.rep,
            title=f"Deal {number}",
            organization_id=cast.halvorsen.pk,
            close_on="2027-01-31" if number else None,
            custom={"region": "North"} if number > 1 else {},
        )
    open_deal(actor=as_user(cast.stranger), title="Not yours", organization_id=cast.halvorsen.pk)
    return cast


def ids() -> list[UUID]:
    return list(Deal.objects.values_list("pk", flat=True))


def looked(actor: Actor, field: str, value: Any, some: list[UUID] | None = None, kind: str = "deal") -> BulkChange:
    return preview_bulk_change(actor=actor, kind=kind, ids=ids() if some is None else some, field=field, value=value)


def states(bulk: BulkChange) -> list[str]:
    return sorted(bulk.rows.values_list("state", flat=True))


def test_looking_changes_nothing_and_says_what_would(cast: Cast) -> None:
    before = list(Deal.objects.order_by("pk").values())
    events = Event.objects.count()
    bulk = looked(cast.rep, "close_on", "2027-01-31")
    assert states(bulk) == ["same"] * 3 + ["waiting"] * 2
    assert list(Deal.objects.order_by("pk").values()) == before
    assert Event.objects.count() == events
    page = get_bulk_change(cast.rep, bulk.pk)
    assert (page.waiting, page.same, page.refused) == (2, 3, 0)
    assert len(page.lines) == 5
    assert "Not yours" not in {line.title for line in page.lines}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("field", "value", "undone"),
    [
        ("close_on", "2027-03-31", lambda deal: str(deal.close_on)),
        ("custom.region", "South", lambda deal: deal.custom.get("region")),
        ("custom.region", None, lambda deal: deal.custom.get("region")),
    ],
)
def test_it_is_done_and_undone(cast: Cast, field: str, value: Any, undone: Any) -> None:
    mine = Deal.objects.filter(owner=cast.maya).order_by("pk")
    before = [undone(deal) for deal in mine.all()]
    bulk = run_bulk_change(actor=cast.rep, bulk_id=looked(cast.rep, field, value).pk)
    assert bulk.state == BulkState.DONE
    assert {undone(deal) for deal in mine.all()} == {value}
    assert undo_bulk_change(actor=cast.rep, bulk_id=bulk.pk).state == BulkState.UNDONE
    assert [undone(deal) for deal in mine.all()] == before
    assert missing_figures() == {}
    assert Event.objects.filter(type="bulk_change.undone").get().data["put_back"] == states(bulk).count("undone")


@pytest.mark.slow
def test_what_was_touched_since_stays_and_is_listed(cast: Cast) -> None:
    bulk = run_bulk_change(actor=cast.rep, bulk_id=looked(cast.rep, "close_on", "2027-03-31").pk)
    deal = Deal.objects.get(title="Deal 1")
    change_deal(actor=cast.rep, deal_id=deal.pk, version=deal.version, values={"title": "Deal one"})
    undo_bulk_change(actor=cast.rep, bulk_id=bulk.pk)
    kept = bulk.rows.get(state="kept")
    assert (kept.subject_id, kept.words) == (deal.pk, "Somebody changed it meanwhile.")
    assert str(Deal.objects.get(pk=deal.pk).close_on) == "2027-03-31"
    assert states(bulk) == ["kept"] + ["undone"] * 4


def test_what_was_changed_after_the_look_is_refused(cast: Cast) -> None:
    bulk = looked(cast.rep, "close_on", "2027-03-31")
    deal = Deal.objects.get(title="Deal 1")
    change_deal(actor=cast.rep, deal_id=deal.pk, version=deal.version, values={"close_on": "2028-01-01"})
    run_bulk_change(actor=cast.rep, bulk_id=bulk.pk)
    assert bulk.rows.get(state="refused").subject_id == deal.pk
    assert str(Deal.objects.get(pk=deal.pk).close_on) == "2028-01-01"


@pytest.mark.slow
def test_doing_it_twice_changes_nothing_more(cast: Cast) -> None:
    bulk = looked(cast.rep, "close_on", "2027-03-31")
    with pytest.raises(Refused):
        undo_bulk_change(actor=cast.rep, bulk_id=bulk.pk)
    for _again in range(2):
        run_bulk_change(actor=cast.rep, bulk_id=bulk.pk)
    assert Event.objects.filter(type="deal.changed").count() == 5
    for _again in range(2):
        undo_bulk_change(actor=cast.rep, bulk_id=bulk.pk)
    assert Event.objects.filter(type="deal.changed").count() == 10


def test_who_only_reads_is_refused_row_by_row(cast: Cast) -> None:
    bulk = looked(as_user(cast.colleague), "close_on", "2027-03-31")
    assert states(bulk) == ["refused"] * 5
    assert all(line.words for line in bulk.rows.all())
    run_bulk_change(actor=as_user(cast.colleague), bulk_id=bulk.pk)
    assert not Deal.objects.filter(close_on="2027-03-31").exists()


@pytest.mark.slow
def test_deals_leave_the_lists_unless_guests_know_of_them(cast: Cast) -> None:
    bulk = looked(cast.rep, "archived", True)
    refused = bulk.rows.get(state="refused")
    assert refused.subject_id == cast.deal.pk
    assert "let into its room" in refused.words
    run_bulk_change(actor=cast.rep, bulk_id=bulk.pk)
    assert list(Deal.objects.visible_to(cast.rep)) == [cast.deal]
    assert missing_figures() == {}
    undo_bulk_change(actor=cast.rep, bulk_id=bulk.pk)
    assert Deal.objects.visible_to(cast.rep).count() == 5


@pytest.mark.slow
def test_a_deal_that_goes_to_another_team_is_out_of_reach_afterwards(cast: Cast) -> None:
    bulk = run_bulk_change(actor=cast.rep, bulk_id=looked(cast.rep, "owner", cast.stranger.pk).pk)
    assert not Deal.objects.visible_to(cast.rep).exists()
    undo_bulk_change(actor=cast.rep, bulk_id=bulk.pk)
    assert states(bulk) == ["kept"] * 5
    assert {line.title for line in get_bulk_change(cast.rep, bulk.pk).lines} == {""}


def test_clients_and_people_likewise(cast: Cast) -> None:
    at = now()
    other = Organization.objects.create(name="Other", industry="Steel", created_at=at, updated_at=at)
    bulk = looked(cast.rep, "industry", "Food", [other.pk, cast.halvorsen.pk], "organization")
    run_bulk_change(actor=cast.rep, bulk_id=bulk.pk)
    assert set(Organization.objects.values_list("industry", flat=True)) == {"Food"}
    undo_bulk_change(actor=cast.rep, bulk_id=bulk.pk)
    assert set(Organization.objects.values_list("industry", flat=True)) == {"", "Steel"}
    for kind, row in (("organization", other), ("contact", cast.ingrid.contact)):
        gone = run_bulk_change(actor=cast.rep, bulk_id=looked(cast.rep, "archived", True, [row.pk], kind).pk)
        row.refresh_from_db()
        assert row.archived_at
        undo_bulk_change(actor=cast.rep, bulk_id=gone.pk)
        row.refresh_from_db()
        assert row.archived_at is None


@pytest.mark.parametrize(
    ("field", "value", "at"),
    [
        ("stage", "x", "field"),
        ("title", "x", "field"),
        ("none", "x", "field"),
        ("close_on", "2027-02-30", "close_on"),
        ("owner", None, "owner"),
    ],
)
def test_what_fits_no_row_is_said_at_once(cast: Cast, field: str, value: Any, at: str) -> None:
    with pytest.raises(Invalid) as refused:
        looked(cast.rep, field, value)
    assert [fault.field for fault in refused.value.faults] == [at]
    with pytest.raises(Invalid):
        looked(cast.rep, "close_on", "2027-01-31", [])
    assert not BulkChange.objects.exists()


def test_a_bulk_change_belongs_to_whoever_began_it(cast: Cast) -> None:
    bulk = looked(cast.rep, "close_on", "2027-03-31")
    for actor in (as_user(cast.colleague), as_user(cast.admin)):
        with pytest.raises(NotFound):
            run_bulk_change(actor=actor, bulk_id=bulk.pk)
        with pytest.raises(NotFound):
            get_bulk_change(actor, bulk.pk)
    with pytest.raises(NotAllowed):
        looked(cast.buyer, "close_on", "2027-03-31")


@pytest.mark.slow
def test_more_than_one_transaction_holds_goes_on_in_the_background(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_change_actions, "AT_ONCE", 2)
    bulk = run_bulk_change(actor=cast.rep, bulk_id=looked(cast.rep, "close_on", "2027-03-31").pk)
    assert (bulk.state, bulk.done, bulk.total) == (BulkState.RUNNING, 0, 5)
    with pytest.raises(Refused):
        undo_bulk_change(actor=cast.rep, bulk_id=bulk.pk)
    assert work_on_bulk_changes() == 3
    bulk.refresh_from_db()
    assert (bulk.state, bulk.done) == (BulkState.DONE, 5)
    assert Deal.objects.filter(close_on="2027-03-31").count() == 5
    assert undo_bulk_change(actor=cast.rep, bulk_id=bulk.pk).state == BulkState.UNDOING
    assert work_on_bulk_changes() == 3
    assert states(bulk) == ["undone"] * 5
    assert work_on_bulk_changes() == 0


def test_what_was_there_before_is_forgotten_after_a_while(cast: Cast) -> None:
    bulk = run_bulk_change(actor=cast.rep, bulk_id=looked(cast.rep, "close_on", "2027-03-31").pk)
    assert drop_old_bulk_changes(bulk.created_at) == 0
    assert drop_old_bulk_changes(now()) > 0
    assert not BulkRow.objects.exists()


def test_who_is_erased_leaves_nothing_in_it(cast: Cast) -> None:
    erik = cast.contact("Erik Nyström", "Head of Erik Nyström")
    bulk = run_bulk_change(actor=cast.rep, bulk_id=looked(cast.rep, "title", "Buyer", [erik.pk], "contact").pk)
    assert BulkRow.objects.get(bulk=bulk).before == "Head of Erik Nyström"
    from crm.personal_data.machinery import PLACES
    from crm.personal_data.person import person_of

    place = next(one for one in PLACES if one.name == "bulk_rows")
    person = person_of(Contact.objects.get(pk=erik.pk))
    assert place.export(person)[0]["before"] == "Head of Erik Nyström"
    assert place.erase(person) == 1
    assert not BulkRow.objects.exists()
