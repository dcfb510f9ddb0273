"""Searching is bounded by the minute, says when it goes on, and never needs Redis."""

from collections.abc import Iterator

import pytest
from django.test import Client

from crm import limits
from crm.clock import frozen, now
from tests.api.caller import Caller, make_key, problem_of
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_redis")]


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(limits, "SEARCHES", 2)
    with frozen(now().replace(second=30, microsecond=0)):
        yield


def test_a_key_is_told_when_it_goes_on(cast: Cast) -> None:
    key = Caller(make_key(cast.maya))
    for _time in range(2):
        assert key.get("/contacts/?q=a").status_code == 200
    answer = key.get("/contacts/?q=a")
    problem_of(answer, 429, "too_often")
    assert answer["Retry-After"] == "30"
    assert key.get("/contacts/").status_code == 200


def test_a_page_says_it_calmly(cast: Cast) -> None:
    browser = Client()
    browser.force_login(cast.maya)
    for _time in range(2):
        assert browser.get("/clients/?q=a").status_code == 200
    answer = browser.get("/clients/?q=a")
    assert (answer.status_code, answer["Retry-After"]) == (429, "30")
    assert "It goes on in 1 minute." in answer.content.decode()


def test_without_redis_nothing_is_counted(cast: Cast, settings) -> None:
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1"}}
    key = Caller(make_key(cast.maya))
    for _time in range(3):
        assert key.get("/contacts/?q=a").status_code == 200
