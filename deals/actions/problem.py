"""Writing the problem: statements under fixed headings."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.actors import Actor
from crm.checks import Checks
from crm.rules.merge import GivenUp
from deals.actions.section import add_row, archive_row, edit_row, get_row, share_row
from deals.models import Period, ProblemPart, ProblemStatement, SectionKind
from deals.queries.content import STATEMENT_FIELDS
from deals.queries.section import get_section

FIELDS = ("part", *STATEMENT_FIELDS)


@transaction.atomic
def add_statement(*, actor: Actor, deal_id: UUID, values: dict[str, Any], private: bool = False) -> ProblemStatement:
    """Add a statement to the problem.

    `values` has the model's fields; `private` keeps it as a draft of the actor's side.
    """
    clean = _checked({"part": None, "text": None, **values})
    section = get_section(actor, deal_id, SectionKind.PROBLEM)
    return add_row(actor, section, private, lambda **common: ProblemStatement(**common, **clean))


@transaction.atomic
def edit_statement(
    *,
    actor: Actor,
    statement_id: UUID,
    version: int,
    values: dict[str, Any],
    private: bool = False,
    draft: UUID | None = None,
    given_up: Sequence[GivenUp] = (),
) -> ProblemStatement:
    """Change some fields of a statement. Raises `Stale` when somebody else was faster; nothing is lost then.

    `draft` is a draft whose words went into the change; it is taken out along with it. `given_up` are versions that
    the actor decided against.
    """
    row = get_row(actor, ProblemStatement, statement_id)
    clean = _checked(values, currency=row.currency, amount=row.amount)
    return edit_row(actor, row, version, clean, private=private, fields=FIELDS, draft=draft, given_up=given_up)


@transaction.atomic
def share_statement(*, actor: Actor, statement_id: UUID, version: int) -> ProblemStatement:
    """Share a draft statement with everybody in the room."""
    return share_row(actor, get_row(actor, ProblemStatement, statement_id), version, FIELDS)


@transaction.atomic
def archive_statement(*, actor: Actor, statement_id: UUID, version: int) -> None:
    """Take a statement out of the problem."""
    archive_row(actor, get_row(actor, ProblemStatement, statement_id), version)


def _checked(values: dict[str, Any], currency: str = "", amount: Decimal | None = None) -> dict[str, Any]:
    """Return the clean fields; `currency` and `amount` are what the row has, for a change that names one of them."""
    checks = Checks()
    clean: dict[str, Any] = {}
    for field, value in values.items():
        match field:
            case "part":
                clean[field] = checks.choice(field, value, ProblemPart.values)
            case "text":
                clean[field] = checks.text(field, value)
            case "amount":
                clean[field] = checks.amount(field, value, required=False)
            case "currency":
                clean[field] = checks.currency(field, value, required=False)
            case "period":
                clean[field] = checks.choice(field, value, Period.values, required=False)
            case "source":
                clean[field] = checks.line(field, value, required=False, limit=400)
            case "said_by":
                clean[field] = checks.line(field, value, required=False)
            case "said_on":
                clean[field] = checks.day(field, value, required=False)
            case _:
                checks.add(field, _("There is no such field."), code="unknown")
    if clean.get("amount", amount) is not None and not clean.get("currency", currency):
        checks.add("currency", _("Say in which currency."), code="required")
    checks.done()
    return clean
