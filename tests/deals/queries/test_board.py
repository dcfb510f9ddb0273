"""Whatever happens to deals, rooms and people: the totals equal the deals, and everybody's board what they may see."""

from contextlib import suppress
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.actions.question import ask_for_consent, cancel_question
from crm.actions.room import add_member, lock_room, remove_member
from crm.actors import SYSTEM, Actor, as_user
from crm.clock import now
from crm.errors import DomainError
from crm.models import Question, Role, RoomMember, User
from crm.rules.filter import parse
from deals.actions.deal import change_deal, open_deal, save_deal
from deals.actions.ending import end_deal, reopen_deal
from deals.actions.stage_total import fold_stage_totals, recount_stage_totals
from deals.actions.waiting import recount_waiting
from deals.models import Deal, DealStatus, Stage, StageTotal
from deals.queries.board import BoardFilter
from deals.queries.stage_total import missing_figures
from tests.cast import Cast, make_user
from tests.deals.queries.naive_board import as_counted, as_shown

pytestmark = pytest.mark.django_db


class Company:
    """Two teams, one below a manager, and people of every role; `do` lets one thing happen."""

    def __init__(self) -> None:
        self.cast = Cast()
        cast = self.cast
        cast.write_problem()
        assert cast.ingrid
        self.owners = [cast.maya, cast.colleague, cast.stranger]
        homeless = make_user("Noa Newcomer", Role.REP, None)
        self.readers = [*self.owners, cast.jonas, cast.tomas, cast.priya, cast.admin, homeless]

    def actors(self) -> list[Actor]:
        return [as_user(User.objects.get(pk=one.pk)) for one in self.readers]

    def filter(self, turn: str, by: str, status: str) -> BoardFilter:
        narrowed = {
            "owner": f"owner:is:{self.owners[0].pk}",
            "team": f"team:is:{self.cast.team.pk}",
            "price": "any(amount:at_least:12.50;amount:empty)",
        }
        parts = [f"status:is:{status}", f"turn:is:{turn}" if turn else "", narrowed.get(by, "")]
        return BoardFilter(group=parse(";".join(filter(None, parts))))

    def deal(self, pick: int) -> Deal:
        deals = list(Deal.objects.order_by("created_at", "pk"))
        return deals[pick % len(deals)]

    def do(self, name: str, pick: int, other: int) -> None:
        """Try it; what is refused, since the deal has ended or lies in the archive, changes nothing."""
        with suppress(DomainError):
            getattr(self, f"do_{name}")(pick, other)

    def do_open(self, pick: int, other: int) -> None:
        self._open(pick, other, None)

    def do_open_in_its_room(self, pick: int, other: int) -> None:
        room_id = self.deal(pick).room_id
        add_member(actor=SYSTEM, room_id=room_id, user_id=self.owners[other % 3].pk)
        self._open(other, pick, room_id)

    def _open(self, pick: int, other: int, room_id: Any) -> None:
        open_deal(
            actor=as_user(User.objects.get(pk=self.owners[pick % 3].pk)),
            title="Another",
            organization_id=self.cast.halvorsen.pk,
            room_id=room_id,
            amount=[None, "0", "12.50", "99"][other % 4],
            currency=["USD", "EUR"][other % 2],
        )

    def do_price(self, pick: int, other: int) -> None:
        self._change(pick, amount=[None, "0", "7.25", "1000000"][other % 4], currency=["USD", "EUR"][other // 4 % 2])

    def do_hand_over(self, pick: int, other: int) -> None:
        self._change(pick, owner=self.owners[other % 3].pk)

    def _change(self, pick: int, **values: Any) -> None:
        deal = self.deal(pick)
        change_deal(actor=as_user(self.cast.admin), deal_id=deal.pk, version=deal.version, values=values)

    def do_move(self, pick: int, other: int) -> None:
        stages = list(Stage.objects.filter(pipeline__slug="default"))
        self._save(pick, stage=stages[other % len(stages)])

    def do_win(self, pick: int, other: int) -> None:
        if self.deal(pick).is_open:
            self._save(pick, status=DealStatus.WON, ended_at=now())

    def do_archive(self, pick: int, other: int) -> None:
        self._save(pick, archived_at=None if other % 3 else now())

    def _save(self, pick: int, **values: Any) -> None:
        """What actions do to a deal once its buyer has said yes."""
        with transaction.atomic():
            found = self.deal(pick)
            lock_room(SYSTEM, found.room_id)
            deal = Deal.objects.select_for_update(no_key=True).get(pk=found.pk)
            for name, value in values.items():
                setattr(deal, name, value)
            save_deal(deal, *values)

    def do_lose(self, pick: int, other: int) -> None:
        deal = self.deal(pick)
        end_deal(actor=as_user(self.cast.admin), deal_id=deal.pk, version=deal.version, status="lost", reason="No.")

    def do_reopen(self, pick: int, other: int) -> None:
        deal = self.deal(pick)
        reopen_deal(actor=as_user(self.cast.admin), deal_id=deal.pk, version=deal.version)

    def do_let_in(self, pick: int, other: int) -> None:
        add_member(actor=SYSTEM, room_id=self.deal(pick).room_id, user_id=self.readers[other % 8].pk)

    def do_send_out(self, pick: int, other: int) -> None:
        member = RoomMember.objects.filter(room=self.deal(pick).room_id).order_by("added_at").first()
        if member:
            remove_member(actor=SYSTEM, room_id=member.room_id, user_id=member.user_id)

    def do_change_teams(self, pick: int, other: int) -> None:
        team = [self.cast.team, self.cast.other_team, self.cast.root][other % 3]
        User.objects.filter(pk=self.readers[pick % 8].pk).update(team=team)

    def do_ask(self, pick: int, other: int) -> None:
        ask_for_consent(
            actor=as_user(self.cast.admin),
            asked_of=self.cast.ingrid.pk,
            subjects=[self.cast.problem()],
            sentence="Is it?",
            benefit="A page.",
        )

    def do_take_back(self, pick: int, other: int) -> None:
        for question in Question.objects.open():
            cancel_question(actor=as_user(self.cast.admin), question_id=question.pk)

    def do_fold(self, pick: int, other: int) -> None:
        fold_stage_totals()


STEPS = sorted(name.removeprefix("do_") for name in vars(Company) if name.startswith("do_"))
HISTORY = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 20), st.integers(0, 20)), min_size=3, max_size=14)
VIEWED = st.sampled_from([*product(("", "us", "client"), ("", "owner", "team", "price"), ("open", "won", "open,won"))])


class _Undo(Exception):
    """Takes one example's rows back."""


@pytest.mark.slow
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(HISTORY, VIEWED)
def test_everybody_sees_exactly_what_they_may(
    history: list[tuple[str, int, int]], viewed: tuple[str, str, str]
) -> None:
    try:
        with transaction.atomic():
            company = Company()
            for step in history:
                company.do(*step)
            assert missing_figures() == {}
            for actor in company.actors():
                for chosen in (BoardFilter(), company.filter(*viewed)):
                    assert as_shown(actor, chosen) == as_counted(actor, chosen)
            assert all(deal.team_id == deal.room.team_id for deal in Deal.objects.select_related("room"))
            raise _Undo
    except _Undo:
        assert not StageTotal.objects.exists()


@pytest.mark.slow
def test_more_cards_of_one_stage_come_from_teams_and_from_rooms_elsewhere() -> None:
    company = Company()
    for number in range(30):
        company.do("open", 0, number)
    elsewhere = [company.cast.stranger] * 12
    for _one in elsewhere:
        company.do("open", 2, 1)
        add_member(actor=SYSTEM, room_id=Deal.objects.latest("created_at").room_id, user_id=company.cast.maya.pk)
    maya = as_user(company.cast.maya)
    first = as_shown(maya, BoardFilter())
    assert first == as_counted(maya, BoardFilter())
    stage = company.cast.deal.stage_id
    more = as_shown(maya, BoardFilter(more={stage: 40}))["columns"][0][3]
    assert more[:20] == first["columns"][0][3]
    assert len(more) == 40
    assert len(as_shown(maya, replace(BoardFilter(), more={stage: 0}))["columns"][0][3]) == 20


@pytest.mark.slow
def test_what_was_written_past_the_actions_is_found_and_set_right() -> None:
    company = Company()
    for number in range(5):
        company.do("open", number, number)
    assert recount_stage_totals() == 0
    Deal.objects.filter(pk=company.deal(1).pk).update(status=DealStatus.PAUSED)
    Deal.objects.filter(pk=company.deal(2).pk).update(amount="77", currency="CHF")
    assert recount_stage_totals() >= 3
    assert missing_figures() == {}
    assert recount_stage_totals() == 0
    company.do("ask", 0, 0)
    assert Deal.objects.get(waits_for_client=True) == company.cast.deal
    assert recount_waiting() == 0
    Deal.objects.update(waits_for_client=False)
    assert recount_waiting() == 1
    assert as_shown(company.actors()[0], BoardFilter()) != as_counted(company.actors()[0], BoardFilter())
    recount_stage_totals()
    assert as_shown(company.actors()[0], BoardFilter()) == as_counted(company.actors()[0], BoardFilter())
