"""What all tests stand on: real PostgreSQL and Redis, the application's database role, no leftovers between tests."""

import gc
import os
from collections.abc import Iterator
from copy import deepcopy
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis

from run.postgres import Postgres
from tests import browser
from tests.servers import start_servers, stop_servers

if TYPE_CHECKING:
    from tests.cast import Cast

# `make check` runs fewer examples than `make test`. How long one takes depends on what else the machine does.
_busy = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
hypothesis.register_profile("check", max_examples=25, **_busy)
hypothesis.register_profile("test", max_examples=200, **_busy)
hypothesis.load_profile("check")

_servers = pytest.StashKey[list]()
_template = pytest.StashKey[Thread]()


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers once, in the process that the workers are children of, before Django reads its settings."""
    if not hasattr(config, "workerinput"):
        config.stash[_servers] = start_servers()
    else:
        os.environ["REDIS_PREFIX"] = f"test-{config.workerinput['workerid']}:"
    os.environ["DATABASE_ROLE"] = "owner"  # makes the database; tests then use the application's role
    os.environ["DJANGO_SETTINGS_MODULE"] = "crm.config.settings"
    from django.conf import settings

    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.MAIL_IN_BACKGROUND = False
    settings.API_CALLS_PER_KEY = settings.API_CALLS_PER_USER = 1_000_000
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_sessionstart(session: pytest.Session) -> None:
    """Make the database that tests work on copies of, while they load."""
    config = session.config
    if hasattr(config, "workerinput"):
        return
    from pytest_django.plugin import blocking_manager_key

    from tests.database import start_template

    config.stash[_template] = start_template(config.stash[blocking_manager_key])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what was started. Servers that are not ours get back to what they were."""
    is_kept = False
    if _template in config.stash:
        from tests.database import drop_template, has_template

        config.stash[_template].join()
        is_kept = has_template()
        if not any(isinstance(server, Postgres) for server in config.stash[_servers]):
            drop_template()
    stop_servers(config.stash.get(_servers, []), keep=is_kept)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what this machine cannot run."""
    browser.skip_without_browser(config, items)


def pytest_collection_finish() -> None:
    """Spare the collector what stays until the end: it walked through all of Django again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def pytest_terminal_summary(terminalreporter, config: pytest.Config) -> None:
    """Say loudly what was skipped for want of a browser."""
    if config.stash.get(browser.missing, False):
        terminalreporter.write_sep("!", browser.MISSING)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """Launch the browser of this machine."""
    return browser.launch_arguments()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker, worker_id: str) -> Iterator[None]:
    """In place of pytest-django's own: a database for this process, used in the application's role."""
    from django.test import TransactionTestCase

    from tests import database

    with django_db_blocker.unblock():
        database.open_database(worker_id)
    # Django would flush as the application's role, which may not, and would lose the rows that migrations made.
    TransactionTestCase._fixture_teardown = lambda self: database.reset()
    yield
    with django_db_blocker.unblock():
        database.close_database()


@pytest.fixture(scope="module")
def lasting_rows(django_db_setup: None, django_db_blocker) -> Iterator[None]:
    """Let rows that fixtures of a module make stay until its last test: in a transaction around those of the tests.

    Not for tests that commit. Each gets a copy of the objects, as `cast` is of `told`, since it may change them.
    """
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> "Cast":
    """A deal with a problem and a criterion, Ingrid in the room. A module that needs another tells its own."""
    from tests.cast import Cast

    cast = Cast()
    cast.write_problem()
    cast.write_criterion()
    assert cast.ingrid
    return cast


@pytest.fixture
def cast(told: "Cast", db: None) -> "Cast":
    """What was told once for the module, for one test to change."""
    return deepcopy(told)


@pytest.fixture
def assert_query_baseline():
    """Give the block's guard against more queries than `tests/architecture/query_baselines.json` says."""
    from tests.architecture.query_baselines import query_baseline

    return query_baseline


@pytest.fixture
def empty_redis() -> Iterator[None]:
    """Remove this worker's keys from Redis before and after the test."""
    from django.conf import settings
    from redis import Redis

    with Redis.from_url(settings.REDIS_URL) as redis:
        for _moment in ("before", "after"):
            for key in redis.scan_iter(f"{settings.REDIS_PREFIX}*"):
                redis.delete(key)
            if _moment == "before":
                yield
