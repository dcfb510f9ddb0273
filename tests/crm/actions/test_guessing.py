"""How often somebody can guess a code, whatever they do: many tries at once, old codes, several browsers and addresses."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from ipaddress import IPv6Address
from itertools import cycle, islice

import pytest
from django.db import connection
from django.db.models import Sum

from crm.actions.sign_in import (
    CODE_LASTS,
    PER_ADDRESS,
    PER_BROWSER,
    PER_CONTACT,
    PER_CONTACT_AND_ADDRESS,
    TRIES,
    Browser,
    enter_code,
    request_code_by_email,
)
from crm.clock import frozen, now
from crm.errors import DomainError
from crm.models import RoomSession, SignInCode
from crm.secrets import CODE_ALPHABET, CODE_LENGTH, new_token
from tests.cast import Cast

DAY = timedelta(days=1)
CODES = len(CODE_ALPHABET) ** CODE_LENGTH


@pytest.fixture
def cast() -> Cast:
    cast = Cast()
    cast.ingrid  # noqa: B018 - she has a place in the room
    return cast


def from_somewhere(number: int) -> Browser:
    """A browser nobody has seen, at an address nobody has seen."""
    return Browser(new_token(), f"198.51.{number // 250}.{number % 250}")


def ask(cast: Cast, browser: Browser) -> bool:
    try:
        request_code_by_email(email=cast.ingrid.contact.email, browser=browser)
    except DomainError:
        return False
    return True


def guess(browser: Browser, times: int = TRIES + 2) -> None:
    """Try more often than one may."""
    for _try in range(times):
        with suppress(DomainError):
            enter_code(browser=browser, code="AAAAAAAA")


def heard(cast: Cast) -> int:
    """How many guesses at Ingrid's code were compared with one."""
    return SignInCode.objects.filter(contact=cast.ingrid.contact).aggregate(heard=Sum("tries"))["heard"] or 0


def most(limit: tuple[int, timedelta]) -> int:
    """The guesses that a limit on codes leaves in a day: all that fit into each stretch, five for each."""
    count, within = limit
    return count * TRIES * -(-DAY // within)


def test_what_the_limits_come_to() -> None:
    assert CODES == 30**8
    assert most(PER_CONTACT) == 7_200
    assert most(PER_ADDRESS) == 4_800
    assert most(PER_BROWSER) == 4_320
    # Who guesses at one person day and night, from as many places as they like, needs 249,000 years for all the codes.
    assert CODES / most(PER_CONTACT) / 365 > 200_000
    # And one code is guessed less often than once in a hundred billion times.
    assert TRIES / CODES < 1e-11


@pytest.mark.django_db
@pytest.mark.slow
class TestInTurn:
    def test_a_person_from_any_number_of_places(self, cast: Cast) -> None:
        at = now()
        for number in range(PER_CONTACT[0] + 8):
            with frozen(at + timedelta(seconds=40 * number)):
                browser = from_somewhere(number)
                assert ask(cast, browser), "nobody is told that there were too many"
                guess(browser)
        assert heard(cast) == PER_CONTACT[0] * TRIES == 300

    def test_it_is_so_in_every_hour_wherever_it_begins(self, cast: Cast) -> None:
        at = now()
        times = [at + timedelta(seconds=48) * number for number in range(150)]  # 75 in an hour
        for number, time in enumerate(times):
            with frozen(time):
                ask(cast, from_somewhere(number))
        sent = SignInCode.objects.filter(contact=cast.ingrid.contact).values_list("created_at", flat=True)
        assert max(within(sent, start, PER_CONTACT[1]) for start in sent) == PER_CONTACT[0]

    def test_a_browser_that_keeps_asking(self, cast: Cast) -> None:
        browser, at, told = from_somewhere(1), now(), 0
        for second in range(PER_BROWSER[0] + 3):
            with frozen(at + timedelta(seconds=second)):
                told += ask(cast, browser)
                guess(browser)
        assert told == PER_BROWSER[0]
        assert heard(cast) == PER_BROWSER[0] * TRIES

    def test_a_network_address_with_many_browsers(self, cast: Cast) -> None:
        at, told = now(), 0
        for second in range(PER_ADDRESS[0] + 3):
            with frozen(at + timedelta(seconds=second)):
                browser = Browser(new_token(), "192.0.2.7")
                told += ask(cast, browser)
                guess(browser)
        assert told == PER_ADDRESS[0]
        assert heard(cast) == PER_CONTACT_AND_ADDRESS[0] * TRIES

    def test_all_addresses_of_one_subscriber_are_one(self, cast: Cast) -> None:
        block = int(IPv6Address("2001:db8:1:2::"))
        told = [ask(cast, Browser(new_token(), str(IPv6Address(block + 2**number)))) for number in range(45)]
        assert sum(told) == PER_ADDRESS[0]
        assert SignInCode.objects.exclude(contact=None).count() == PER_CONTACT_AND_ADDRESS[0]
        assert ask(cast, Browser(new_token(), "2001:db8:1:3::1")), "the neighbours are not held up"

    def test_old_codes_are_tried_no_more(self, cast: Cast) -> None:
        browser, at = from_somewhere(1), now()
        ask(cast, browser)
        old = SignInCode.objects.get()
        with frozen(at + timedelta(seconds=1)):
            ask(cast, browser)
            guess(browser)
        with frozen(at + CODE_LASTS + timedelta(seconds=2)):
            guess(browser)
        old.refresh_from_db()
        assert (old.tries, heard(cast)) == (0, TRIES)


def within(times: list[datetime], start: datetime, stretch: timedelta) -> int:
    """How many of the times fall into the stretch that begins at `start`."""
    return sum(start <= time < start + stretch for time in times)


def at_once(do: Callable[[int], object], times: int) -> list[object]:
    """Do something many times, twenty at a time, each on a connection of its own."""

    def one(number: int) -> object:
        try:
            return do(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        return list(pool.map(one, range(times)))


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
class TestAtOnce:
    def test_one_browser(self, cast: Cast) -> None:
        browser = from_somewhere(1)
        assert sum(at_once(lambda _number: ask(cast, browser), 60)) == PER_BROWSER[0]
        at_once(lambda _number: guess(browser, 1), 60)
        assert heard(cast) <= PER_BROWSER[0] * TRIES

    def test_one_address(self, cast: Cast) -> None:
        asked = at_once(lambda _number: ask(cast, Browser(new_token(), "192.0.2.7")), 80)
        assert sum(asked) == PER_ADDRESS[0]
        assert SignInCode.objects.exclude(contact=None).count() == PER_CONTACT_AND_ADDRESS[0]

    def test_one_person(self, cast: Cast) -> None:
        browsers = [from_somewhere(number) for number in range(100)]
        at_once(lambda number: ask(cast, browsers[number]), 100)
        assert SignInCode.objects.filter(contact=cast.ingrid.contact).count() == PER_CONTACT[0]
        tries = list(islice(cycle(browsers), 800))
        at_once(lambda number: guess(tries[number], 1), 800)
        assert heard(cast) == PER_CONTACT[0] * TRIES
        assert not RoomSession.objects.exists()
