"""Money, numbers, dates and names as people read them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm import formats

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 4, 14, 8, 0, tzinfo=UTC)


def test_somebody_who_was_erased_is_called_by_the_whole_words() -> None:
    assert formats.first_name("Ingrid Solberg") == "Ingrid"
    assert formats.first_name(formats.erased_name()) == "A person whose data were erased"


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "words"),
    [
        (Decimal("1860000.00"), "USD", "en", "$1,860,000"),
        (Decimal("12.5"), "USD", "en", "$12.50"),
        (Decimal("-240000"), "USD", "en", "-$240,000"),
        (Decimal("1860000"), "EUR", "de", "1.860.000\xa0€"),
        (0, "JPY", "en", "¥0"),
    ],
)
def test_money_in_full(amount, currency, locale, words):
    assert formats.money(amount, currency, locale) == words


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (Decimal("1860000"), "$1.86M"),
        (Decimal("540000"), "$540k"),
        (Decimal("95000"), "$95k"),
        (Decimal("416600000"), "$416.6M"),
        (Decimal("1632"), "$1,632"),
        (Decimal("0"), "$0"),
        (Decimal("-1240000"), "-$1.24M"),
        (Decimal("2500000000"), "$2.5B"),
    ],
)
def test_money_on_a_card(amount, words):
    assert formats.money_short(amount, "USD", "en") == words


def test_money_on_a_card_follows_the_locale():
    assert formats.money_short(Decimal("1860000"), "EUR", "de") == "1,86\xa0Mio.\xa0€"


@pytest.mark.parametrize(
    ("value", "unit", "locale", "words"),
    [
        (Decimal("97.50"), "%", "en", "97.5%"),
        (Decimal("97.5"), "%", "de", "97,5\xa0%"),
        (Decimal("46"), "hours", "en", "46\xa0hours"),
        (Decimal("431000000"), "USD", "en", "$431,000,000"),
        (Decimal("12"), "SKU", "en", "12\xa0SKU"),
        (Decimal("1234.5"), "", "en", "1,234.5"),
    ],
)
def test_numbers_with_their_unit(value, unit, locale, words):
    assert formats.number(value, locale, unit) == words


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=4))
def test_no_amount_breaks_a_page(amount):
    assert any(letter.isdigit() for letter in formats.money(amount, "USD", "en"))
    assert any(letter.isdigit() for letter in formats.money_short(amount, "USD", "en"))
    assert any(letter.isdigit() for letter in formats.number(amount, "en", "%"))


def test_a_day_has_its_year_only_when_it_is_another_one():
    assert formats.day(date(2026, 5, 29), NOW.date(), "en") == "29 May"
    assert formats.day(date(2027, 5, 29), NOW.date(), "en") == "29 May 2027"
    assert formats.day(date(2026, 5, 29), NOW.date(), "de") == "29. Mai"
    assert formats.day(date(2027, 5, 29), NOW.date(), "de") == "29. Mai 2027"


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2026, 4, 14, 7, 22, tzinfo=UTC), "today, 09:22"),
        (datetime(2026, 4, 13, 15, 12, tzinfo=UTC), "yesterday, 17:12"),
        (datetime(2026, 4, 13, 22, 30, tzinfo=UTC), "today, 00:30"),
        (datetime(2026, 4, 9, 9, 2, tzinfo=UTC), "9 April, 11:02"),
        (datetime(2025, 12, 31, 23, 30, tzinfo=UTC), "1 January, 00:30"),
        (datetime(2025, 12, 31, 22, 30, tzinfo=UTC), "31 December 2025, 23:30"),
    ],
)
def test_an_instant_is_told_in_the_viewers_zone(at, words):
    assert formats.when(at, NOW, BERLIN, "en") == words


def test_how_long_something_lasts():
    today = date(2026, 4, 14)
    assert formats.since(today, today) == "since today"
    assert formats.since(date(2026, 4, 13), today) == "since yesterday"
    assert formats.since(date(2026, 4, 9), today) == "5 days"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Maya Okafor", "MO"),
        ("erik nyström", "EN"),
        ("Ingrid", "I"),
        ("Anna de la Cruz", "AC"),
        ("  ", "?"),
        ("— (unknown)", "?"),
        ("山田 太郎", "山太"),
    ],
)
def test_initials(name, letters):
    assert formats.initials(name) == letters


@pytest.mark.parametrize("locale", ["en", "de"])
def test_a_currency_in_letters_stands_apart_from_its_figures(locale: str) -> None:
    for shown in (
        formats.money(1_200_000, "NOK", locale),
        formats.money_short(1_200_000, "NOK", locale),
        formats.money(Decimal("12.50"), "NOK", locale),
    ):
        assert "NOK1" not in shown
        assert "NOK" in shown
    assert formats.money(1_200_000, "NOK", "en") == "NOK\N{NO-BREAK SPACE}1,200,000"
    assert formats.money_short(1_200_000, "NOK", "en") == "NOK\N{NO-BREAK SPACE}1.2M"
    assert formats.money_short(540_000, "SEK", "en") == "SEK\N{NO-BREAK SPACE}540k"
    assert formats.money(1_200_000, "USD", "en") == "$1,200,000"
