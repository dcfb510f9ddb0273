"""Totals of stages under many hands: nobody waits for anybody in the same stage, and nothing gets lost or counted twice."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from crm.actors import as_user
from crm.errors import Stale
from deals.actions.deal import change_deal, open_deal
from deals.actions.ending import end_deal, reopen_deal
from deals.actions.stage_total import fold_stage_totals, recount_stage_totals
from deals.models import Deal, StageTotal
from deals.queries.stage_total import figures_of, missing_figures
from tests.cast import Cast

WRITERS = 8


def folded() -> dict[Any, Any]:
    """The kept totals by key, each of them one row."""
    fold_stage_totals()
    rows = list(StageTotal.objects.all())
    assert len({tuple(getattr(row, name) for name in StageTotal.KEY) for row in rows}) == len(rows)
    return {tuple(getattr(row, name) for name in StageTotal.KEY): (row.deals, row.priced, row.amount) for row in rows}


def counted() -> dict[Any, Any]:
    found = figures_of(Deal.objects.all())
    return {key: (figures.deals, figures.priced, figures.amount) for key, figures in found.items()}


@pytest.mark.django_db
def test_a_change_adds_rows_and_touches_none() -> None:
    cast = Cast()
    deal = cast.deal
    before = set(StageTotal.objects.values_list("pk", flat=True))
    change_deal(actor=cast.rep, deal_id=deal.pk, version=deal.version, values={"amount": "5", "currency": "EUR"})
    assert before < set(StageTotal.objects.values_list("pk", flat=True))
    assert folded() == counted()


@pytest.mark.django_db
def test_a_change_of_other_fields_adds_nothing(django_assert_num_queries: Any) -> None:
    cast = Cast()
    deal = cast.deal
    before = StageTotal.objects.count()
    changed = change_deal(actor=cast.rep, deal_id=deal.pk, version=deal.version, values={"title": "Renamed"})
    owner = change_deal(actor=cast.rep, deal_id=deal.pk, version=changed.version, values={"owner": cast.maya.pk})
    assert owner.version == changed.version
    assert StageTotal.objects.count() == before


@pytest.mark.django_db
def test_a_deal_comes_into_the_team_of_its_room_and_goes_with_it() -> None:
    cast = Cast()
    first = cast.deal
    second = open_deal(
        actor=as_user(cast.jonas), title="The next one", organization_id=cast.halvorsen.pk, room_id=first.room_id
    )
    assert (second.owner, second.team_id) == (cast.jonas, cast.team.pk)
    change_deal(
        actor=as_user(cast.admin), deal_id=second.pk, version=second.version, values={"owner": cast.stranger.pk}
    )
    teams = set(Deal.objects.values_list("team_id", "room__team_id"))
    assert teams == {(cast.other_team.pk, cast.other_team.pk)}
    assert Deal.objects.get(pk=first.pk).version == first.version + 1
    assert missing_figures() == {}


@pytest.mark.django_db
def test_an_owner_in_a_new_team_leaves_their_deals_where_they_are_read() -> None:
    cast = Cast()
    deal = cast.deal
    cast.maya.team = cast.other_team
    cast.maya.save()
    values = {"owner": cast.maya.pk, "title": "Renamed"}
    changed = change_deal(actor=as_user(cast.maya), deal_id=deal.pk, version=deal.version, values=values)
    assert (changed.title, changed.team_id) == ("Renamed", cast.team.pk)


@pytest.mark.django_db
def test_the_command_says_what_it_corrected(capsys: pytest.CaptureFixture[str]) -> None:
    cast = Cast()
    Deal.objects.filter(pk=cast.deal.pk).update(amount=3)
    call_command("recount_stage_totals")
    assert "1 corrected" in capsys.readouterr().out
    assert folded() == counted()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_eight_writers_in_one_stage_hold_their_changes_at_the_same_time() -> None:
    cast = Cast()
    deals = [cast.deal, *(another(cast) for _n in range(WRITERS - 1))]
    rep, all_in = cast.rep, threading.Barrier(WRITERS + 1, timeout=30)

    def write(deal: Deal) -> None:
        try:
            with transaction.atomic():
                change_deal(actor=rep, deal_id=deal.pk, version=deal.version, values={"amount": "10"})
                all_in.wait()  # nobody commits before everybody has written
        finally:
            connection.close()

    with ThreadPoolExecutor(WRITERS) as pool:
        writing = [pool.submit(write, deal) for deal in deals]
        fold_stage_totals()  # waits for none of them either
        all_in.wait()
        for one in writing:
            one.result()
    assert folded() == counted()


def another(cast: Cast) -> Deal:
    return open_deal(actor=cast.rep, title="Another", organization_id=cast.halvorsen.pk, amount="1")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_totals_equal_the_deals_after_random_writes_at_once() -> None:
    cast = Cast()
    deals = [cast.deal.pk, *(another(cast).pk for _n in range(3))]
    admin, owners, organization = as_user(cast.admin), [cast.maya.pk, cast.stranger.pk], cast.halvorsen.pk
    maya, folding = cast.rep, threading.Event()

    def write(seed: int) -> None:
        chance = random.Random(seed)
        try:
            for _turn in range(12):
                _one_write(chance, admin, maya, deals, owners, organization)
        finally:
            connection.close()

    def fold() -> None:
        try:
            while not folding.wait(0.01):
                fold_stage_totals()
                assert recount_stage_totals() == 0
        finally:
            connection.close()

    with ThreadPoolExecutor(WRITERS + 2) as pool:
        folds = [pool.submit(fold) for _n in range(2)]
        for one in [pool.submit(write, seed) for seed in range(WRITERS)]:
            one.result()
        folding.set()
        for one in folds:
            one.result()
    assert missing_figures() == {}
    assert folded() == counted()


def _one_write(chance: random.Random, admin: Any, maya: Any, deals: list[Any], owners: list[Any], client: Any) -> None:
    deal = Deal.objects.get(pk=chance.choice(deals))
    named = {"actor": admin, "deal_id": deal.pk, "version": deal.version}
    try:
        match chance.randrange(4):
            case 0:
                change_deal(**named, values={"amount": str(chance.randrange(1000)), "currency": "EUR"})
            case 1:
                change_deal(**named, values={"owner": chance.choice(owners)})
            case 2 if deal.has_ended:
                reopen_deal(**named)
            case 2:
                end_deal(**named, status="lost", reason="No.")
            case _:
                open_deal(actor=maya, title="One more", organization_id=client, amount=str(chance.randrange(1000)))
    except Stale:
        return  # somebody else wrote first: nothing of ours is counted
