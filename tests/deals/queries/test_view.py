"""Views of deals: every filter means in the database what it says, every order pages without a gap, nobody sees more."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.actors import Actor, as_user
from crm.clock import now
from crm.errors import Invalid
from crm.models import CustomField, Organization, View
from crm.queries.filter import read_filter
from crm.queries.paging import page_in_order
from crm.queries.record import Fields, fields_of
from crm.queries.view import rows_of_view
from crm.rules.filter import Condition, FieldType, Group, to_json
from deals.actions.deal import open_deal
from deals.models import Deal, DealStatus, Stage
from deals.record import DEALS
from tests.cast import Cast
from tests.deals.queries.naive_filter import Held, holds

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
]

TODAY = now().date()
CUSTOM = {"region": "text", "seats": "number", "renews": "date", "size": "choice", "pilot": "yes_no"}
VALUES: list[dict[str, Any]] = [
    {},
    {"amount": "0", "custom": {"region": "North", "seats": "12.5", "renews": TODAY.isoformat(), "size": "S"}},
    {"amount": "99.50", "close_on": TODAY, "custom": {"region": "north 2", "seats": "9", "pilot": True}},
    {"amount": "1000", "close_on": TODAY + timedelta(days=20), "custom": {"seats": "100", "pilot": False}},
    {"amount": "1000", "close_on": TODAY - timedelta(days=400), "custom": {"size": "L", "renews": "2020-02-29"}},
    {"amount": "1000", "currency": "EUR", "amount_note": "over 3 years"},
    {"title": "100% & “words” \\ _", "close_on": TODAY + timedelta(days=100)},
    {"title": "north", "custom": {"region": "South"}},
]


class Shop:
    """Deals of two teams with all there can be in their fields."""

    def __init__(self) -> None:
        cast = self.cast = Cast()
        for position, (key, type_) in enumerate(CUSTOM.items()):
            choices = ["S", "L"] if type_ == "choice" else []
            CustomField.objects.create(on="deal", key=key, label=key, type=type_, position=position, choices=choices)
        stages = list(Stage.objects.filter(pipeline__slug="default"))
        at = now()
        clients = [
            Organization.objects.create(name=name, created_at=at, updated_at=at) for name in ("Åland", "beta", "Alpha")
        ]
        people = [cast.maya, cast.colleague, cast.stranger]
        for number, values in enumerate(VALUES * 2):
            deal = open_deal(
                actor=as_user(people[number % 3]),
                **{"title": f"Deal {number % 5}", "organization_id": clients[number % 3].pk, **values},
            )
            deal.stage = stages[number % len(stages)]
            deal.waits_for_client = number % 4 == 0
            deal.success_owner = cast.tomas if number % 2 else None
            deal.organization = None if number % 7 == 6 else deal.organization
            deal.status = [DealStatus.OPEN, DealStatus.OPEN, DealStatus.PAUSED, DealStatus.LOST][number % 4]
            deal.ended_at = at - timedelta(days=number) if deal.status == DealStatus.LOST else None
            deal.updated_at = at - timedelta(days=number % 3)
            deal.save()
        self.fields = fields_of(as_user(cast.maya), DEALS)
        self.readers = [as_user(one) for one in (cast.maya, cast.stranger, cast.jonas, cast.admin)]


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Shop:
    return Shop()


@pytest.fixture
def shop(told: Shop, db: None) -> Iterator[Shop]:
    return told


def held(deal: Deal, actor: Actor, fields: Fields) -> Held:
    """Return the values of a deal as a filter compares them."""
    kept = {name: field.read(deal) for name, field in fields.items()}
    ids = {name: getattr(deal, f"{name}_id") for name in ("stage", "pipeline", "owner", "team", "success_owner")}
    own = {name: str(value) if value else None for name, value in ids.items()}
    me = {name: "me" if value and actor.user and str(actor.user.pk) == value else value for name, value in own.items()}
    turn = "client" if deal.waits_for_client else "us"
    found = {**kept, **own, "owner": me["owner"], "success_owner": me["success_owner"], "turn": turn}
    found["status"], found["amount_note"], found["lost_to"] = (
        deal.status,
        deal.amount_note or None,
        deal.lost_to or None,
    )
    return {name: _day(value) for name, value in found.items()}


def _day(value: Any) -> Any:
    return value.astimezone(UTC).date() if isinstance(value, datetime) else value


@lru_cache
def _values(type_: FieldType) -> Any:
    if type_ in (FieldType.NUMBER, FieldType.MONEY):
        return st.sampled_from(["0", "9", "12.5", "99.50", "1000", "-1"])
    if type_ in (FieldType.DAY, FieldType.TIME):
        return st.sampled_from([TODAY, TODAY - timedelta(days=2), TODAY + timedelta(days=20), date(2020, 2, 29)]).map(
            str
        )
    if type_ == FieldType.YES_NO:
        return st.sampled_from(["yes", "no"])
    return st.sampled_from(["north", "NORTH", "Deal 1", "%", "_", "\\", "a", "”", "over 3"])


@st.composite
def _conditions(draw: st.DrawFn, shop: Shop) -> Condition:
    field = draw(st.sampled_from([one for one in shop.fields.values() if one.can_filter]))
    op = draw(st.sampled_from(sorted(field.operators)))
    count = field.operators[op]
    if op == "in":
        return Condition(field.name, op, (draw(st.sampled_from(["this-year", "next-30-days", "last-week", "today"])),))
    if field.type == FieldType.CHOICE and count:
        known = [str(value) for value, _label in field.options(shop.readers[0])] if field.options else []
        some = st.sampled_from([*known, "me"] if field.is_person else known)
        return Condition(field.name, op, tuple(draw(st.lists(some, min_size=1, max_size=3))))
    return Condition(field.name, op, tuple(draw(_values(field.type)) for _one in range(count)))


@st.composite
def _groups(draw: st.DrawFn, shop: Shop) -> Group:
    parts = st.lists(_conditions(shop), min_size=0, max_size=3)
    inner = Group(draw(st.sampled_from(["all", "any"])), tuple(draw(parts)))
    return Group("all", (*draw(parts), *((inner,) if inner else ())))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_filter_means_in_the_database_what_it_says(shop: Shop, data: st.DataObject) -> None:
    group = data.draw(_groups(shop))
    actor = data.draw(st.sampled_from(shop.readers))
    view = View(kind="deal", filter=to_json(group), sort="title")
    found = {row.pk for row in rows_of_view(actor, view)}
    seen = Deal.objects.visible_to(actor).select_related(*DEALS.related)
    assert found == {deal.pk for deal in seen if holds(group, held(deal, actor, shop.fields), shop.fields)}


def _place(value: Any) -> Any:
    return value if not isinstance(value, bool) else int(value)


def test_every_order_pages_without_a_gap_and_with_the_empty_ones_last(shop: Shop) -> None:
    admin = shop.readers[-1]
    for field in shop.fields.values():
        if field.ordering is None:
            continue
        for sort in (field.name, f"-{field.name}"):
            rows = rows_of_view(admin, View(kind="deal", sort=sort))
            whole, paged, cursor = list(rows), [], ""
            while True:
                page = page_in_order(rows, cursor, limit=3)
                paged += page.rows
                cursor = page.next_cursor
                if not cursor:
                    break
            assert [row.pk for row in paged] == [row.pk for row in whole], sort
            assert len(whole) == 16
            places = [row.place_in_order for row in whole]
            filled = [one for one in places if one is not None]
            assert places[len(filled) :] == [None] * (16 - len(filled))
            if filled and isinstance(filled[0], int | Decimal | date):
                assert filled == sorted(filled, key=_place, reverse=sort.startswith("-")), sort


def test_what_cannot_be_filtered_or_sorted_says_so(shop: Shop) -> None:
    fields = {**shop.fields}
    for text in ("ground:is:x", "none:is:x", "amount:has:1", "stage:is:Meet", "status:is:dreaming", "close_on:in:soon"):
        with pytest.raises(Invalid) as refused:
            read_filter(text, fields)
        assert refused.value.faults[0].field == "where"
    for sort in ("ground", "none", "-turn"):
        with pytest.raises(Invalid):
            rows_of_view(shop.readers[0], View(kind="deal", sort=sort))
    rows = rows_of_view(shop.readers[0], View(kind="deal", sort="amount"))
    for cursor in ("x", "W10", "WyJ4IiwgInkiXQ", "WzEsIDJd"):
        with pytest.raises(Invalid):
            page_in_order(rows, cursor)


def test_a_value_that_the_type_cannot_hold_counts_as_empty(shop: Shop) -> None:
    deal = Deal.objects.filter(organization__isnull=False).earliest("created_at")
    deal.custom = {"seats": "many", "renews": "2020-13", "pilot": "perhaps"}
    deal.save()
    admin = shop.readers[-1]
    for name in ("seats", "renews", "pilot"):
        view = View(kind="deal", filter={"field": f"custom.{name}", "op": "empty"}, sort=f"custom.{name}")
        assert deal in rows_of_view(admin, view)
