"""Checking what was typed: every fault at its field, all of them at once, before anything is written.

An action collects with `Checks` and calls `done()`; forms and serializers only parse shapes, so a page and the API say
the same.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar
from uuid import UUID

from babel.core import get_global
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from crm.address import LONGEST, normal_address, validate_address
from crm.errors import FieldFault, Invalid, Words

Result = TypeVar("Result")

TEXT_LIMIT = 20_000
"""Characters in a long text at most."""
LINE_LIMIT = 200
"""Characters in a name or title at most."""
AMOUNT_LIMIT = Decimal(10) ** 15
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)

# NUL, the other C0/C1 controls except tab and line breaks, lone surrogates, and the non-characters U+FFFE and U+FFFF.
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

# Embeddings and overrides of the writing direction. They show words in another order than they are kept, beyond their own
# end too; right-to-left scripts do without them.
_DIRECTION = re.compile(r"[\u202a-\u202e]")

# Characters without ink that do not belong to a category of such: fillers, joiners, selectors of variants.
_BLANK = re.compile(
    r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_INKLESS = ("Cc", "Cf", "Zl", "Zp", "Zs")


def has_ink(text: str) -> bool:
    """Whether there is a character in `text` that somebody could see."""
    return any(unicodedata.category(one) not in _INKLESS and not _BLANK.match(one) for one in text)


class Checks:
    """Collects faults field by field. Each method returns the cleaned value (or a harmless one after a fault)."""

    def __init__(self) -> None:
        self.faults: list[FieldFault] = []

    def add(self, field: str, message: Words, *, code: str = "invalid") -> None:
        """Note a fault at `field`."""
        self.faults.append(FieldFault(field, code, message))

    def text(self, field: str, value: Any, *, required: bool = True, limit: int = TEXT_LIMIT) -> str:
        """Return `value` as text of at most `limit` characters, outer white space gone and line ends as `\\n`.

        What nobody could see is no text.
        """
        if value is None:
            value = ""
        if not isinstance(value, str):
            self.add(field, _("Write this as text."), code="not_text")
            return ""
        text = _DIRECTION.sub("", value).replace("\r\n", "\n").replace("\r", "\n").strip()
        if _NOT_TEXT.search(text):
            self.add(
                field,
                _("There is a character in here that cannot be kept. Remove it and save again."),
                code="control_character",
            )
            return ""  # nothing with such a character may reach a query
        if not has_ink(text):
            text = ""
        if len(text) > limit:
            words = _("This is %(length)s characters long; %(limit)s is the most.") % {
                "length": len(text),
                "limit": limit,
            }
            self.add(field, words, code="too_long")
        elif required and not text:
            self.add(field, _("Write something here."), code="required")
        return text

    def line(self, field: str, value: Any, *, required: bool = True, limit: int = LINE_LIMIT) -> str:
        """Return `value` as one line of at most `limit` characters."""
        text = self.text(field, value, required=required, limit=limit)
        if "\n" in text:
            self.add(field, _("Keep this on one line."), code="one_line")
        return text

    def choice(self, field: str, value: Any, choices: Collection[str], *, required: bool = True) -> str:
        """Return `value` if it is one of `choices`; empty is taken when not required."""
        if not value and not required:
            return ""
        if not isinstance(value, str) or value not in choices:
            words = _("Choose one of: %(choices)s.") % {"choices": ", ".join(choices)}
            self.add(field, words if value else _("Choose one."), code="required" if not value else "not_a_choice")
            return ""
        return value

    def choices(self, field: str, value: Any, choices: Collection[str]) -> list[str]:
        """Return the list `value`, each one of `choices`, without repeats."""
        if not isinstance(value, Iterable) or isinstance(value, str):
            self.add(field, _("Give a list."), code="not_a_list")
            return []
        return list(dict.fromkeys(self.choice(field, one, choices) for one in value))

    def decimal(
        self, field: str, value: Any, *, required: bool = True, places: int = 4, lowest: Decimal = -AMOUNT_LIMIT
    ) -> Decimal | None:
        """Return `value` as a finite decimal of at most `places` decimals, from `lowest` to 10^15; None when empty."""
        if value in (None, ""):
            if required:
                self.add(field, _("Write a number here."), code="required")
            return None
        try:
            number = Decimal(str(value).strip())
        except InvalidOperation:
            self.add(
                field,
                _("“%(value)s” is not a number. For example: 30.") % {"value": str(value)[:40]},
                code="not_a_number",
            )
            return None
        if number.is_nan():
            self.add(field, _("“%(value)s” is not a number. For example: 30.") % {"value": number}, code="not_a_number")
            return None
        if not number.is_finite() or number < lowest or number > AMOUNT_LIMIT:
            words = (
                _("This number is too large.")
                if not number.is_finite() or number > 0
                else _("This cannot be less than %(lowest)s.") % {"lowest": lowest}
            )
            self.add(field, words, code="out_of_range")
            return None
        rounded = round(number, places)
        if rounded != number:
            self.add(field, _("At most %(places)s decimals fit here.") % {"places": places}, code="too_precise")
        return rounded

    def amount(self, field: str, value: Any, *, required: bool = True) -> Decimal | None:
        """Return `value` as an amount of money: not negative, two decimals."""
        return self.decimal(field, value, required=required, places=2, lowest=Decimal(0))

    def currency(self, field: str, value: Any, *, required: bool = True) -> str:
        """Return `value` as an ISO 4217 code in capitals."""
        code = self.line(field, value, required=required, limit=3).upper()
        if code and code not in get_global("all_currencies"):
            self.add(field, _("Use a currency code such as EUR or USD."), code="not_a_currency")
            return ""
        return code

    def day(self, field: str, value: Any, *, required: bool = True) -> date | None:
        """Return `value` (a date or YYYY-MM-DD) as a date from 1900 to 2199; None when empty."""
        if value in (None, ""):
            if required:
                self.add(field, _("Choose a day."), code="required")
            return None
        try:
            day = value if isinstance(value, date) else date.fromisoformat(str(value))
        except ValueError:
            self.add(field, _("There is no such day. Write year, month and day, as in 2026-04-30."), code="not_a_date")
            return None
        if not FIRST_DAY <= day <= LAST_DAY:
            self.add(field, _("This day is too far away. Is the year right?"), code="out_of_range")
            return None
        return day

    def instant(self, field: str, value: Any, *, required: bool = True) -> datetime | None:
        """Return `value` (a datetime or RFC 3339 text, with its zone) as an instant from 1900 to 2199; None when empty."""
        if value in (None, ""):
            if required:
                self.add(field, _("Say when."), code="required")
            return None
        try:
            instant = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        except ValueError:
            self.add(field, _("There is no such day and time. Is everything filled in?"), code="not_a_time")
            return None
        if instant.tzinfo is None:
            self.add(field, _("Say in which time zone, for example with a Z at the end."), code="no_time_zone")
            return None
        if not FIRST_DAY <= instant.date() <= LAST_DAY:
            self.add(field, _("This day is too far away. Is the year right?"), code="out_of_range")
            return None
        return instant

    def email(self, field: str, value: Any, *, required: bool = True) -> str:
        """Return `value` as an e-mail address in its normal form."""
        address = normal_address(self.line(field, value, required=required, limit=LONGEST))
        if address:
            try:
                validate_address(address)
            except ValidationError:
                self.add(
                    field,
                    _("This is not a whole e-mail address. For example: name@company.example."),
                    code="not_an_email",
                )
        return address

    def part(self, act: Callable[[], Result], **shown_at: str) -> Result | None:
        """Run what checks by itself and return what it returns; what it refuses counts with the rest, and gives None.

        `shown_at` names the field here for a field of the part (`file="evidence"`).
        """
        try:
            return act()
        except Invalid as refusal:
            for fault in refusal.faults or [FieldFault("", refusal.code, refusal.message)]:
                self.add(shown_at.get(fault.field, fault.field), fault.message, code=fault.code)
            return None

    def done(self) -> None:
        """Raise `Invalid` with every fault that was collected, or return when there is none."""
        if self.faults:
            raise Invalid(_("Some of this cannot be taken yet. See the notes at the fields."), faults=self.faults)


def checked_id(checks: Checks, field: str, value: Any) -> UUID | None:
    """Return `value` (a UUID or its text) as an id; None when empty. Whether the row exists is the caller's to look."""
    if value in (None, ""):
        return None
    try:
        return value if isinstance(value, UUID) else UUID(str(value))
    except ValueError:
        checks.add(field, _("Choose one from the list."), code="unknown")
        return None
