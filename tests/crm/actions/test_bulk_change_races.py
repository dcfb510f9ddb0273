"""Bulk changes that race, on real connections that really commit: none blocks another, and no row is changed unseen."""

from functools import partial

import pytest

from crm.actions.bulk_change import preview_bulk_change, run_bulk_change, undo_bulk_change, work_on_bulk_changes
from crm.actors import as_user
from crm.models import BulkChange, BulkState, User
from deals.actions.deal import open_deal
from deals.models import Deal
from deals.queries.stage_total import missing_figures
from tests.cast import Cast
from tests.crm.actions.test_consent_races import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def looked(cast: Cast, user: User, field: str, value: object) -> BulkChange:
    ids = list(Deal.objects.order_by("?").values_list("pk", flat=True))
    return preview_bulk_change(actor=as_user(user), kind="deal", ids=ids, field=field, value=value)


@pytest.fixture
def cast() -> Cast:
    cast = Cast()
    for number in range(12):
        open_deal(actor=cast.rep, title=f"Deal {number}", organization_id=cast.halvorsen.pk, amount="10")
    return cast


def test_two_at_once_change_each_row_once_and_tell_the_second(cast: Cast) -> None:
    bulks = [
        looked(cast, cast.maya, "close_on", "2027-01-31"),
        looked(cast, cast.jonas, "close_on", "2027-02-28"),
        looked(cast, cast.admin, "close_on", "2027-03-31"),
    ]
    works = [partial(run_bulk_change, actor=as_user(bulk.by_user), bulk_id=bulk.pk) for bulk in bulks]
    assert [one.state for one in together(*works)] == [BulkState.DONE] * 3
    for deal in Deal.objects.all():
        lines = [bulk.rows.get(subject_id=deal.pk) for bulk in bulks]
        assert sorted(line.state for line in lines) == ["changed", "refused", "refused"]
        assert {line.words for line in lines} == {"", "Somebody changed it meanwhile."}
        assert deal.version == 2
    assert missing_figures() == {}


def test_the_same_click_twice_is_one_change(cast: Cast) -> None:
    bulk = looked(cast, cast.maya, "close_on", "2027-01-31")
    together(*[partial(run_bulk_change, actor=cast.rep, bulk_id=bulk.pk)] * 4)
    assert set(Deal.objects.values_list("version", flat=True)) == {2}
    together(*[partial(undo_bulk_change, actor=cast.rep, bulk_id=bulk.pk)] * 4)
    assert set(Deal.objects.values_list("version", "close_on")) == {(3, None)}


def test_two_workers_share_the_work(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm.actions.bulk_change.AT_ONCE", 3)
    bulk = run_bulk_change(actor=cast.rep, bulk_id=looked(cast, cast.maya, "close_on", "2027-01-31").pk)
    assert bulk.state == BulkState.RUNNING
    together(*[work_on_bulk_changes] * 3)
    work_on_bulk_changes()
    bulk.refresh_from_db()
    assert (bulk.state, bulk.done) == (BulkState.DONE, 12)
    assert set(Deal.objects.values_list("version", flat=True)) == {2}
