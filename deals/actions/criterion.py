"""Writing success criteria."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.actors import Actor
from crm.checks import Checks
from crm.models import Contact, User
from crm.rules.merge import GivenUp
from deals.actions.section import add_row, archive_row, edit_row, get_row, share_row
from deals.models import Criterion, Direction, Frequency, SectionKind, Weight
from deals.queries.content import CRITERION_FIELDS
from deals.queries.section import get_section

_TEXTS = ("counted_as", "leading_indicators", "assumptions")
_LINES = {"unit": 64, "baseline_source": 400, "source": 400, "measured_by": 200}


@transaction.atomic
def add_criterion(*, actor: Actor, deal_id: UUID, values: dict[str, Any], private: bool = False) -> Criterion:
    """Add a criterion.

    Only the title is required: what is missing for it to be measurable is asked for before the yes.
    """
    clean = _checked(actor, {"title": None, **values})
    section = get_section(actor, deal_id, SectionKind.CRITERIA)
    return add_row(actor, section, private, lambda **common: Criterion(**common, **clean))


@transaction.atomic
def edit_criterion(
    *,
    actor: Actor,
    criterion_id: UUID,
    version: int,
    values: dict[str, Any],
    private: bool = False,
    draft: UUID | None = None,
    given_up: Sequence[GivenUp] = (),
) -> Criterion:
    """Change some fields of a criterion. Raises `Stale` when somebody else was faster; nothing is lost then.

    `draft` is a draft whose words went into the change; it is taken out along with it. `given_up` are versions that
    the actor decided against.
    """
    clean = _checked(actor, values)
    row = get_row(actor, Criterion, criterion_id)
    return edit_row(
        actor, row, version, clean, private=private, fields=CRITERION_FIELDS, draft=draft, given_up=given_up
    )


@transaction.atomic
def share_criterion(*, actor: Actor, criterion_id: UUID, version: int) -> Criterion:
    """Share a draft criterion with everybody in the room."""
    return share_row(actor, get_row(actor, Criterion, criterion_id), version, CRITERION_FIELDS)


@transaction.atomic
def archive_criterion(*, actor: Actor, criterion_id: UUID, version: int) -> None:
    """Take a criterion out."""
    archive_row(actor, get_row(actor, Criterion, criterion_id), version)


def _checked(actor: Actor, values: dict[str, Any]) -> dict[str, Any]:
    checks = Checks()
    clean: dict[str, Any] = {}
    for field, value in values.items():
        if field in _TEXTS:
            clean[field] = checks.text(field, value, required=False)
        elif field in _LINES:
            clean[field] = checks.line(field, value, required=False, limit=_LINES[field])
        elif field in ("baseline", "target"):
            clean[field] = checks.decimal(field, value, required=False)
        elif field in ("baseline_on", "due_on"):
            clean[field] = checks.day(field, value, required=False)
        elif field in ("buyer_owner", "seller_owner"):
            clean[f"{field}_id"] = _owner(checks, actor, field, value)
        else:
            clean[field] = _chosen(checks, field, value)
    checks.done()
    return clean


def _chosen(checks: Checks, field: str, value: Any) -> str:
    match field:
        case "title":
            return checks.line(field, value)
        case "direction":
            return checks.choice(field, value, Direction.values, required=False)
        case "frequency":
            return checks.choice(field, value, Frequency.values, required=False)
        case "weight":
            return checks.choice(field, value, Weight.values)
    checks.add(field, _("There is no such field."), code="unknown")
    return ""


def _owner(checks: Checks, actor: Actor, field: str, value: UUID | None) -> UUID | None:
    """Return the owner's id: a contact on the buying side, a user on the selling side, both in the actor's sight."""
    if not value:
        return None
    if field == "buyer_owner":
        found = Contact.objects.visible_to(actor).filter(pk=value, archived_at=None).exists()
    else:
        found = User.objects.active().filter(pk=value).exists()
    if not found:
        checks.add(field, _("Choose somebody who is on this deal."), code="unknown")
    return value
