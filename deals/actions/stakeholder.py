"""Who is at the table: stakeholders of every side, and what each side thinks of them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.actions.version import check_version
from crm.actors import Actor
from crm.checks import Checks
from crm.clock import now
from crm.errors import Refused
from crm.events.record import record
from crm.models import Contact, Side, User
from crm.rules.merge import GivenUp
from deals.actions.section import (
    add_row,
    archive_row,
    edit_row,
    get_row,
    lock_row,
    lock_section,
    share_row,
)
from deals.models import Assessment, Attitude, Influence, Section, SectionKind, Stakeholder, StakeholderRole
from deals.models.stakeholder import StakeholderQuerySet
from deals.queries.content import STAKEHOLDER_FIELDS
from deals.queries.section import get_section

_WRITTEN = (*STAKEHOLDER_FIELDS, "wants_by_side")
_CHANGEABLE = ("roles", "wants", "wants_is_quoted", "reports_to", "place", "contact", "user")


@transaction.atomic
def add_stakeholder(*, actor: Actor, deal_id: UUID, values: dict[str, Any], private: bool = False) -> Stakeholder:
    """Add a contact, a user, or a place nobody fills yet: exactly one of `contact`, `user` (ids) and `place`."""
    section = get_section(actor, deal_id, SectionKind.PEOPLE)
    checks = Checks()
    side = checks.choice("side", values.get("side"), Side.values)
    named = [field for field in ("contact", "user", "place") if values.get(field)]
    if len(named) != 1:
        checks.add(
            "place", _("Name one contact, one colleague, or the place that somebody should fill."), code="one_of"
        )
    if values.get("user") and side != Side.SELLER:
        checks.add("side", _("A colleague stands on the selling side."), code="wrong_side")
    if actor.participant and side != actor.side:
        checks.add("side", _("You can add people of your own side."), code="wrong_side")
    rest = {field: value for field, value in values.items() if field != "side"}
    clean = _checked(checks, actor, section, rest) | {"side": side, "wants_by_side": actor.side}
    lock_section(actor, section)
    _check_not_there(Stakeholder.objects.visible_to(actor), section, clean.get("contact_id"), clean.get("user_id"))
    return add_row(actor, section, private, lambda **common: Stakeholder(**common, **clean))


@transaction.atomic
def edit_stakeholder(
    *,
    actor: Actor,
    stakeholder_id: UUID,
    version: int,
    values: dict[str, Any],
    private: bool = False,
    draft: UUID | None = None,
    given_up: Sequence[GivenUp] = (),
) -> Stakeholder:
    """Change some fields. Naming a `contact` or `user` fills a place. Raises `Stale` when somebody else was faster, and
    `NotAllowed` when the words of another side's person would change.

    `draft` is a draft whose words went into the change; it is taken out along with it. `given_up` are versions that
    the actor decided against.
    """
    row = get_row(actor, Stakeholder, stakeholder_id)
    clean = _checked(Checks(), actor, row.section, values)
    if clean.get("contact_id") or clean.get("user_id"):
        if not row.place:
            raise Refused(_("This place is taken. Add the other person beside."), code="place_taken")
        lock_section(actor, row.section)
        seen = Stakeholder.objects.visible_to(actor)
        _check_not_there(seen, row.section, clean.get("contact_id"), clean.get("user_id"))
        clean["place"] = ""
    if clean.get("wants", row.wants) != row.wants:
        clean["wants_by_side"] = actor.side
    return edit_row(actor, row, version, clean, private=private, fields=_WRITTEN, draft=draft, given_up=given_up)


@transaction.atomic
def share_stakeholder(*, actor: Actor, stakeholder_id: UUID, version: int) -> Stakeholder:
    """Share a draft entry with everybody in the room. Raises `Refused` when somebody else put the person there first."""
    draft = get_row(actor, Stakeholder, stakeholder_id)
    lock_section(actor, draft.section)
    shared = Stakeholder.objects.shared()
    if draft.replaces_id:
        shared = shared.exclude(pk=draft.replaces_id)
    _check_not_there(shared, draft.section, draft.contact_id, draft.user_id)
    return share_row(actor, draft, version, _WRITTEN)


@transaction.atomic
def archive_stakeholder(*, actor: Actor, stakeholder_id: UUID, version: int) -> None:
    """Take somebody off the map; what they agreed and wrote stays."""
    archive_row(actor, get_row(actor, Stakeholder, stakeholder_id), version)


@transaction.atomic
def assess_stakeholder(
    *,
    actor: Actor,
    stakeholder_id: UUID,
    influence: str = "",
    attitude: str = "",
    note: str = "",
    version: int | None = None,
) -> Assessment:
    """Write down what the actor's side thinks of somebody.

    It stays with that side, and is in no hash and no revision.
    """
    checks = Checks()
    influence = checks.choice("influence", influence, Influence.values, required=False)
    attitude = checks.choice("attitude", attitude, Attitude.values, required=False)
    note = checks.text("note", note, required=False, limit=2000)
    checks.done()
    row = get_row(actor, Stakeholder, stakeholder_id)
    room, _deal, section = lock_section(actor, row.section)
    row = lock_row(actor, row)
    values = {"influence": influence, "attitude": attitude, "note": note, "updated_at": now()}
    mine = Assessment.objects.filter(stakeholder=row, private_to=actor.side).first()
    if mine is None:
        mine = Assessment.objects.create(stakeholder=row, private_to=actor.side, **values)
    else:
        if version is not None:
            check_version(mine, version)
        for field, value in values.items():
            setattr(mine, field, value)
        mine.version += 1
        mine.save(update_fields=[*values, "version"])
    data = {"deal": str(section.deal_id), "stakeholder": str(row.pk)}
    record("stakeholder.assessed", actor=actor, room=room, subject=mine, private_to=actor.side, data=data)
    return mine


def _checked(checks: Checks, actor: Actor, section: Section, values: dict[str, Any]) -> dict[str, Any]:
    """Return the clean fields. Raises `Invalid` with their faults and those noted before."""
    clean: dict[str, Any] = {}
    for field, value in values.items():
        if field not in _CHANGEABLE:
            checks.add(field, _("There is no such field."), code="unknown")
        elif field == "roles":
            clean[field] = checks.choices(field, value, StakeholderRole.values)
        elif field == "wants":
            clean[field] = checks.text(field, value, required=False, limit=2000)
        elif field == "wants_is_quoted":
            clean[field] = bool(value)
        elif field == "place":
            clean[field] = checks.line(field, value, required=False)
        elif value:
            clean[f"{field}_id"] = _found(checks, actor, section, field, value)
        elif field == "reports_to":
            clean["reports_to_id"] = None
    checks.done()
    return clean


def _found(checks: Checks, actor: Actor, section: Section, field: str, value: UUID) -> UUID:
    match field:
        case "contact":
            there = Contact.objects.visible_to(actor).filter(pk=value, archived_at=None).exists()
        case "user":
            there = User.objects.active().filter(pk=value).exists()
        case _:
            there = Stakeholder.objects.shared().filter(section=section, replaces=None, pk=value).exists()
    if not there:
        checks.add(field, _("There is nobody like that here."), code="unknown")
    return value


def _check_not_there(
    rows: StakeholderQuerySet, section: Section, contact_id: UUID | None, user_id: UUID | None
) -> None:
    """Raise `Refused` when one of `rows` is this person already. The section is locked, so that nobody comes in between."""
    on_map = rows.filter(section=section, replaces=None)
    if (contact_id and on_map.filter(contact=contact_id).exists()) or (
        user_id and on_map.filter(user=user_id).exists()
    ):
        raise Refused(_("This person is on the map already."), code="already_there")
