"""What an action can refuse, in the product's own words.

Actions raise these; `crm.web` turns them into pages and `crm.api` into problem+json. Nothing else translates them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

Words = str | Promise


@dataclass(frozen=True)
class FieldFault:
    """A fault in one field: `field` is the action's argument (dots nest), `code` is stable, `message` is for people.

    A message that begins with what it is `about` ("Less waste: Nobody measures it") shares a line with the others about it.
    """

    field: str
    code: str
    message: Words
    about: str = ""


class DomainError(Exception):
    """Base of every refusal. `code` is stable and machine-readable, `message` says what to do, `faults` where.

    `status` is what both pages and API answer with.
    """

    code = "refused"
    status = 409

    def __init__(self, message: Words, *, code: str | None = None, faults: Sequence[FieldFault] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.faults = tuple(faults)


class NotFound(DomainError):
    """It does not exist, or the actor may not see it: the two are never told apart (404)."""

    code = "not_found"
    status = 404

    def __init__(self, message: Words = "") -> None:
        super().__init__(message or _("There is nothing here that you can see."))


class NotAllowed(DomainError):
    """The actor sees it but may not do this (403)."""

    code = "not_allowed"
    status = 403


class Invalid(DomainError):
    """What was typed cannot be taken; `faults` point at the fields (400)."""

    code = "invalid"
    status = 400

    @classmethod
    def field(cls, field: str, message: Words, *, code: str = "invalid") -> "Invalid":
        """Return an error about one field."""
        return cls(message, faults=[FieldFault(field, code, message)])


class Refused(DomainError):
    """A rule of the product says no: a gate, a second question, an ended deal (409). `faults` say what is missing."""

    code = "refused"


class Stale(DomainError):
    """Somebody changed it meanwhile (412, or 409 for an answer). `current` is the row as it is now."""

    code = "stale"

    def __init__(
        self, message: Words, *, current: Any, code: str | None = None, faults: Sequence[FieldFault] = ()
    ) -> None:
        super().__init__(message, code=code, faults=faults)
        self.current = current


class TooOften(DomainError):
    """It was done too often in a short time (429). After `retry_after` seconds it goes on."""

    code = "too_often"
    status = 429

    def __init__(self, retry_after: int) -> None:
        minutes = max(1, -(-retry_after // 60))
        words = ngettext(
            "That was very often in a short time. It goes on in %(count)s minute.",
            "That was very often in a short time. It goes on in %(count)s minutes.",
            minutes,
        )
        super().__init__(words % {"count": minutes})
        self.retry_after = max(1, retry_after)
