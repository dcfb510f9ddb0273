"""Nothing lost: every event reaches every consumer, whoever dies or is away in between."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection, connections, transaction

from crm import registry
from crm.clock import frozen, now
from crm.events import deliver, relay, wake
from crm.events.record import record
from crm.models import Delivery, Event, FeedPosition, Team
from tests.cast import Cast, make_team

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[UUID]]:
    """The ids that a consumer of `test.happened` was handed."""
    ids: list[UUID] = []
    monkeypatch.setattr(registry, "_consumers", {})
    registry.register_consumer("test", ["test.happened"], lambda event: ids.append(event.pk))
    return ids


def happen() -> Event:
    """Record one event in a committed transaction."""
    cast = Cast()
    with transaction.atomic():
        team = make_team("Somewhere")
        return record("test.happened", actor=cast.rep, subject=team, room=None)


def test_an_event_reaches_its_consumer_once(seen: list[UUID]) -> None:
    event = happen()
    assert deliver.deliver_owed() == 1
    assert deliver.deliver_owed() == 0
    assert seen == [event.pk]


def test_a_rolled_back_change_owes_nothing(seen: list[UUID]) -> None:
    cast = Cast()
    cast.maya  # noqa: B018  (made outside of what is rolled back)
    with suppress(ZeroDivisionError), transaction.atomic():
        record("test.happened", actor=cast.rep, subject=make_team("Gone"), room=None)
        raise ZeroDivisionError
    assert deliver.deliver_owed() == 0
    assert Event.objects.filter(type="test.happened").count() == 0


def test_a_failing_consumer_keeps_nothing_and_is_tried_again(monkeypatch: pytest.MonkeyPatch, seen: list[UUID]) -> None:
    event = happen()
    calls = []

    def fails_at_first(event: Event) -> None:
        calls.append(event.pk)
        if len(calls) == 1:
            make_team("Half done")
            raise ValueError("no")

    monkeypatch.setattr(registry, "_consumers", {"test": (frozenset({"test.happened"}), fails_at_first)})
    assert deliver.deliver_owed() == 1
    owed = Delivery.objects.get()
    assert (owed.attempts, owed.last_error, owed.done_at) == (1, "ValueError: no", None)
    assert not Team.objects.filter(name="Half done").exists()
    assert deliver.deliver_owed() == 0, "not before its time"
    with frozen(now() + deliver.pause_after(1)):
        assert deliver.deliver_owed() == 1
    assert Delivery.objects.get().done_at
    assert calls == [event.pk, event.pk]


def test_a_consumer_that_never_succeeds_is_given_up(monkeypatch: pytest.MonkeyPatch, seen: list[UUID]) -> None:
    happen()
    monkeypatch.setattr(registry, "_consumers", {})
    moment = now()
    for _attempt in range(deliver.MOST_ATTEMPTS):
        moment += deliver.LONGEST_PAUSE
        with frozen(moment):
            assert deliver.deliver_owed() == 1
    with frozen(moment + timedelta(days=2)):
        assert deliver.deliver_owed() == 0
    assert Delivery.objects.get().dead_at


def test_two_workers_never_take_the_same_delivery(monkeypatch: pytest.MonkeyPatch, seen: list[UUID]) -> None:
    events = [happen_again(number) for number in range(6)]
    both_inside = threading.Barrier(2, timeout=10)
    taken: list[UUID] = []

    def meets_the_other(event: Event) -> None:
        taken.append(event.pk)
        with suppress(threading.BrokenBarrierError):
            both_inside.wait(0.5)

    monkeypatch.setattr(registry, "_consumers", {"test": (frozenset({"test.happened"}), meets_the_other)})

    def work() -> None:
        try:
            deliver.deliver_owed()
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(taken) == sorted(event.pk for event in events)


def happen_again(number: int) -> Event:
    """Record an event by the system's own hand, any number of times."""
    from crm.actors import SYSTEM

    with transaction.atomic():
        return record("test.happened", actor=SYSTEM, subject=make_team(f"Place {number}"), room=None)


KILLED = """
import django, os, sys, time
django.setup()
from crm import registry
from crm.events import deliver
from tests.cast import make_team

def stops_midway(event):
    make_team("Half done")
    print("inside", flush=True)
    time.sleep(60)

registry._consumers.clear()
registry.register_consumer("test", ["test.happened"], stops_midway)
deliver.deliver_owed()
"""


@pytest.mark.slow
def test_a_killed_worker_loses_nothing(seen: list[UUID]) -> None:
    event = happen()
    here = connection.settings_dict
    url = settings_url(here["NAME"])
    env = os.environ | {"DATABASE_URL": url, "DATABASE_ROLE": "app", "DJANGO_SETTINGS_MODULE": "crm.config.settings"}
    worker = subprocess.Popen([sys.executable, "-c", KILLED], env=env, stdout=subprocess.PIPE, text=True)
    assert worker.stdout
    assert worker.stdout.readline() == "inside\n"
    assert deliver.deliver_owed() == 0, "the other worker holds it"
    worker.send_signal(signal.SIGKILL)
    worker.communicate()
    end = time.monotonic() + 10
    while not deliver.deliver_owed() and time.monotonic() < end:
        time.sleep(0.05)
    assert seen == [event.pk]
    assert not Team.objects.filter(name="Half done").exists()


def settings_url(database: str) -> str:
    """Give DATABASE_URL with another database name."""
    address, _, query = settings.DATABASE_URL.partition("?")
    return f"{address.rpartition('/')[0]}/{database}" + (f"?{query}" if query else "")


class TestWithoutRedis:
    """A request never needs Redis."""

    @pytest.mark.slow
    def test_a_change_is_kept_and_takes_no_time(self, monkeypatch: pytest.MonkeyPatch, seen: list[UUID]) -> None:
        import redis

        away = redis.ConnectionPool.from_url("unix:///nowhere/redis.sock")
        monkeypatch.setattr(wake, "_pool", away)
        start = time.monotonic()
        event = happen()
        assert time.monotonic() - start < 2
        rounds = iter([False, True])
        relay.run_relay(wake_workers=lambda: False, stopped=lambda: next(rounds))
        assert seen == [event.pk]

    def test_the_cache_is_empty(self, settings) -> None:
        from crm.cache import FailOpenRedisCache

        cache = FailOpenRedisCache("unix:///nowhere/redis.sock", {})
        cache.set("a", 1)
        assert cache.get("a", "nothing") == "nothing"
        assert cache.add("a", 1)
        assert cache.incr("a") == 1
        assert cache.get_many(["a"]) == {}


class TestFeed:
    """Positions follow commits and skip nothing."""

    def test_late_commits_get_later_positions(self, seen: list[UUID]) -> None:
        early_id_late_commit = threading.Event()
        go_on = threading.Event()
        slow: list[UUID] = []

        def slow_writer() -> None:
            try:
                with transaction.atomic():
                    slow.append(happen_again(1).pk)
                    early_id_late_commit.set()
                    go_on.wait(10)
            finally:
                connections.close_all()

        writer = threading.Thread(target=slow_writer)
        writer.start()
        early_id_late_commit.wait(10)
        quick = happen_again(2)
        relay.give_positions()
        go_on.set()
        writer.join()
        relay.give_positions()
        order = list(FeedPosition.objects.order_by("position").values_list("event_id", flat=True))
        assert order.index(quick.pk) < order.index(slow[0])
        assert relay.give_positions(everywhere=True) == 0

    def test_only_one_gives_positions(self, seen: list[UUID]) -> None:
        happen()
        held, go_on = threading.Event(), threading.Event()

        def holder() -> None:
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [relay.LOCK])
                    held.set()
                    go_on.wait(10)
            finally:
                connections.close_all()

        other = threading.Thread(target=holder)
        other.start()
        held.wait(10)
        assert relay.give_positions() == 0
        go_on.set()
        other.join()
        assert relay.give_positions() >= 1

    def test_a_commit_wakes_the_relay(self, seen: list[UUID]) -> None:
        wakings = relay.Wakings()
        wakings.wait(0.05)
        happen()
        start = time.monotonic()
        wakings.wait(5)
        assert time.monotonic() - start < 1
