"""Limits of calls: per key and per person, in headers, not got around by calling at once, and never needing Redis."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from unittest.mock import Mock
from uuid import uuid4

import pytest
from django.test import Client

from crm.clock import frozen, now
from crm.limits import count
from tests.api.caller import Caller, make_key, problem_of
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_redis")]
AT = now().replace(second=30, microsecond=0)


@pytest.fixture(autouse=True)
def few(settings) -> Iterator[None]:
    settings.API_CALLS_PER_KEY, settings.API_CALLS_PER_USER = 2, 3
    with frozen(AT):
        yield


def test_a_key_reads_how_many_are_left_and_when_it_goes_on(cast: Cast) -> None:
    key = Caller(make_key(cast.maya))
    first = key.get("/teams/")
    assert first["RateLimit-Policy"] == '"key";q=2;w=60, "user";q=3;w=60'
    assert first["RateLimit"] == '"key";r=1;t=30, "user";r=2;t=30'
    assert key.get("/nothing/").status_code == 404
    missing = key.get(f"/contacts/{uuid4()}/")
    problem_of(missing, 404)
    assert missing["RateLimit"].startswith('"key";r=0')  # refusals count, too
    over = key.post("/organizations/", {"name": "Too much"})
    problem_of(over, 429, "too_often")
    assert (over["Retry-After"], over["RateLimit"]) == ("30", '"key";r=0;t=30, "user";r=0;t=30')
    with frozen(AT + timedelta(seconds=30)):
        assert key.get("/teams/").status_code == 200


def test_a_person_has_no_more_with_more_keys(cast: Cast) -> None:
    keys = [Caller(make_key(cast.maya)) for _number in range(2)]
    calls = [key.get("/teams/").status_code for key in (*keys, *keys)]
    assert calls == [200, 200, 200, 429]
    browser = Client()
    browser.force_login(cast.maya)
    answer = browser.get("/api/v1/teams/")
    assert answer.status_code == 429
    assert answer["RateLimit-Policy"] == '"user";q=3;w=60'
    assert Caller(make_key(cast.colleague)).get("/teams/").status_code == 200


def test_calls_at_once_are_each_counted() -> None:
    who = uuid4()
    with ThreadPoolExecutor(16) as pool:
        uses = list(pool.map(lambda _call: count("key", who, 20), range(40)))
    assert sorted(one.left for one in uses if not one.is_over) == list(range(20))
    assert sum(one.is_over for one in uses) == 20


def test_without_redis_calls_go_on_and_the_log_says_so(cast: Cast, settings, monkeypatch: pytest.MonkeyPatch) -> None:
    log = Mock()
    monkeypatch.setattr("crm.cache.log", log)
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1"}}
    key = Caller(make_key(cast.maya))
    assert [key.get("/teams/").status_code for _call in range(4)] == [200] * 4
    assert {call.args[0] for call in log.warning.call_args_list} == {"cache_away"}


def test_no_limit_is_none(cast: Cast, settings) -> None:
    settings.API_CALLS_PER_KEY = settings.API_CALLS_PER_USER = 0
    key = Caller(make_key(cast.maya))
    answers = [key.get("/teams/") for _call in range(4)]
    assert all(one.status_code == 200 and "RateLimit" not in one for one in answers)
