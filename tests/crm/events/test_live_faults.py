"""Open streams while things break around them: Redis goes and comes, the process is told to end, another one writes."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from django.db import OperationalError
from django.test import Client

from crm.actions.participant import revoke_participant
from crm.events import hub, wake
from run.redis import Redis, start_redis
from tests.cast import Cast
from tests.crm.events.listening import room_cookie, run_relay_once, staff_cookie, write
from tests.crm.events.processes import web_process
from tests.serving import Listener, serving

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.django_db(transaction=True)]

BUSY = 20.0


@pytest.fixture
def cast() -> Cast:
    cast = Cast()
    cast.write_problem()
    cast.ingrid  # noqa: B018
    run_relay_once()
    return cast


class OwnRedis:
    """A Redis that a test may stop and start again."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.server: Redis = start_redis(home)

    @property
    def url(self) -> str:
        return f"unix://{self.home / 'redis.sock'}"

    def stop(self) -> None:
        self.server.stop()

    def start(self) -> None:
        self.server = start_redis(self.home)


@pytest.fixture
def own_redis(tmp_path_factory, settings, monkeypatch) -> Iterator[OwnRedis]:
    server = OwnRedis(Path(str(tmp_path_factory.mktemp("r", numbered=True))))
    settings.REDIS_URL = server.url
    monkeypatch.setattr(wake, "_pool", redis.ConnectionPool.from_url(server.url, socket_connect_timeout=0.1))
    yield server
    if server.server.process.poll() is None:
        server.stop()


def hears_of(listener: Listener, subject: object, patience: float = BUSY) -> bool:
    """Say whether a stream tells of something in time."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if listener.next("change", end - time.monotonic()).data["subject"] == str(subject):
            return True
    return False


class TestRedis:
    """Redis is only the quick way: without it news come by the feed, a little later."""

    def test_it_stops_and_comes_back_while_streams_are_open(self, cast: Cast, own_redis: OwnRedis) -> None:
        with serving() as site:
            buyer = Listener(site, "/room/live/", room_cookie(cast.ingrid.contact)).is_open()
            assert hears_of(buyer, write(cast, "with it").pk)
            own_redis.stop()
            row = write(cast, "without it")
            run_relay_once()
            assert hears_of(buyer, row.pk)
            client = Client()
            client.force_login(cast.maya)
            assert client.get(f"/deals/{cast.deal.pk}/problem/").status_code == 200
            late = Listener(site, "/live/", staff_cookie(cast.maya)).is_open()
            own_redis.start()
            time.sleep(hub.SWEEP_WITHOUT_REDIS + 1)
            start = time.monotonic()
            row = write(cast, "with it again")
            assert hears_of(buyer, row.pk)
            assert hears_of(late, row.pk)
            assert time.monotonic() - start < hub.SWEEP, "by Redis, not by the sweep"
            assert not buyer.ended.is_set()

    def test_access_taken_back_while_it_is_away(self, cast: Cast, own_redis: OwnRedis) -> None:
        with serving() as site:
            buyer = Listener(site, "/room/live/", room_cookie(cast.ingrid.contact)).is_open()
            own_redis.stop()
            revoke_participant(actor=cast.rep, participant_id=cast.ingrid.pk)
            assert buyer.next("closed", BUSY).data["why"] == "revoked"
            assert buyer.ended.wait(BUSY)


def test_a_database_that_is_away_for_a_moment(cast: Cast, empty_redis, monkeypatch) -> None:
    with serving() as site:
        buyer = Listener(site, "/room/live/", room_cookie(cast.ingrid.contact)).is_open()
        whole = hub.events_after

        def away(position: int, limit: int) -> list:
            raise OperationalError("away")

        monkeypatch.setattr(hub, "events_after", away)
        monkeypatch.setattr(hub, "events_by_id", lambda ids: away(0, 0))
        row = write(cast)
        run_relay_once()
        assert buyer.nothing("change")
        monkeypatch.setattr(hub, "events_after", whole)
        assert hears_of(buyer, row.pk)


def test_a_hub_that_fails_ends_its_streams_and_the_next_one_starts_anew(cast: Cast, empty_redis, monkeypatch) -> None:
    with serving() as site:
        cookie = room_cookie(cast.ingrid.contact)
        buyer = Listener(site, "/room/live/", cookie).is_open()
        with monkeypatch.context() as patch:
            patch.setattr(hub, "events_by_id", lambda ids: 1 / 0)
            write(cast)
            assert buyer.ended.wait(BUSY)
        assert "closed" not in buyer.text, "the page comes back by itself"
        again = Listener(site, "/room/live/", cookie).is_open()
        assert hears_of(again, write(cast).pk)


class TestProcesses:
    """As production runs it."""

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_told_to_end_it_ends_its_streams_and_itself(self, cast: Cast, empty_redis, number: int) -> None:
        with web_process() as web:
            streams = [
                Listener(web.address, "/room/live/", room_cookie(cast.ingrid.contact)).is_open() for _ in range(3)
            ]
            start = time.monotonic()
            web.process.send_signal(number)
            assert all(one.ended.wait(4) for one in streams)
            assert time.monotonic() - start < 4, "not after the five seconds that are given to requests"
            web.process.wait(20)
            assert not any("closed" in one.text for one in streams)

    def test_what_one_process_writes_the_streams_of_all_tell(self, cast: Cast, empty_redis) -> None:
        with web_process("--workers", "2") as web:
            cookie = room_cookie(cast.ingrid.contact)
            streams = [Listener(web.address, "/room/live/", cookie).is_open() for _ in range(8)]
            row = write(cast)
            assert all(hears_of(one, row.pk) for one in streams)
            start = time.monotonic()
            web.process.send_signal(signal.SIGTERM)
            web.process.wait(20)
            assert time.monotonic() - start < 8
