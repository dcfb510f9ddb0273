"""Writing the directory of contacts."""

from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.actions.address_change import end_ways_in, note_address_change
from crm.actions.custom_field import checked_custom
from crm.actions.organization import chosen_organization
from crm.actions.version import check_version, save_changes
from crm.actors import Actor
from crm.checks import Checks, checked_id
from crm.clock import now
from crm.errors import Invalid, NotAllowed, NotFound
from crm.events.record import record
from crm.models import (
    Contact,
    CustomFieldOn,
    Participant,
    Room,
)
from crm.queries.merge import refused_when_merged
from crm.queries.user import is_ours
from crm.scopes import check_scope

OUR_OWN = _(
    "This address is one of ours. Buyers and partners need an address of their own: only they answer for themselves."
)
PRIVATE = ("email", "shared_mailbox", "phone")
"""Fields that follow the rooms: only who sees them may change them."""
OF_THE_ROOMS = ("email", "name", "organization_id")
"""Who somebody is to those in a room: changed only by who may write in all rooms of the person, and told there."""


@transaction.atomic
def create_contact(*, actor: Actor, values: dict[str, Any]) -> Contact:
    """Add a contact. `values`: name, organization (id), title, email, shared_mailbox, phone, time_zone, locale, custom.

    Two contacts may share an address. Raises `Invalid` at the field.
    """
    _check_may_write(actor)
    clean = _checked({"name": "", "custom": {}, **values}, None)
    at = now()
    contact = Contact.objects.create(created_by=actor.user, created_at=at, updated_at=at, **clean)
    record("contact.created", actor=actor, room=None, subject=contact)
    return contact


@transaction.atomic
def change_contact(*, actor: Actor, contact_id: UUID, version: int, values: dict[str, Any]) -> Contact:
    """Change some fields of a contact. Raises `Stale` when it is no longer at `version`.

    A new e-mail address ends the old one's way in: invitations, codes, sessions and passkeys. It is told in each of the contact's
    rooms and to the old address, and nothing is answered from the new one before that or an administrator settles it. A new
    name or client is told in the rooms as well.
    """
    _check_may_write(actor)
    contact = _lock(actor, contact_id)
    check_version(contact, version)
    clean = _checked(values, contact)
    _check_private(actor, contact, clean)
    _check_writes_in_rooms(actor, contact, clean)
    old_email = contact.email
    changed = save_changes(contact, clean)
    data: dict[str, Any] = {"fields": changed}
    if "email" in changed:
        end_ways_in(contact)
        _tell_rooms(actor, contact, "participant.address_changed")
        data |= note_address_change(actor, contact, old_email)
    if who := [field for field in changed if field in OF_THE_ROOMS and field != "email"]:
        _tell_rooms(actor, contact, "participant.facts_changed", fields=who)
    if changed:
        record("contact.changed", actor=actor, room=None, subject=contact, data=data)
    return contact


@transaction.atomic
def archive_contact(*, actor: Actor, contact_id: UUID, version: int) -> Contact:
    """Take a contact out of the directory, so that nobody chooses them there any more.

    Their rooms are not touched: they come in as before and answer there. Access ends by taking back the grant, in the room.
    """
    _check_may_write(actor)
    contact = _lock(actor, contact_id)
    check_version(contact, version)
    if save_changes(contact, {"archived_at": now()}):
        record("contact.archived", actor=actor, room=None, subject=contact)
    return contact


@transaction.atomic
def restore_contact(*, actor: Actor, contact_id: UUID, version: int) -> Contact:
    """Put a contact back into the directory. Raises `NotFound` for somebody who was erased, `Stale`."""
    _check_may_write(actor)
    contact = _lock(actor, contact_id, archived=True)
    check_version(contact, version)
    if save_changes(contact, {"archived_at": None}):
        record("contact.restored", actor=actor, room=None, subject=contact)
    return contact


def _check_may_write(actor: Actor) -> None:
    if not actor.is_seller:
        raise NotAllowed(_("The directory is kept by the selling side."))
    check_scope(actor, "contacts:write")


def _lock(actor: Actor, contact_id: UUID, *, archived: bool = False) -> Contact:
    visible = Contact.objects.visible_to(actor).filter(erased_at=None, pk=contact_id)
    contact = visible.select_for_update(of=("self",), no_key=True).first()
    if contact is not None:
        refused_when_merged(contact)
    if contact is None or (contact.archived_at is not None) != archived:
        raise NotFound
    return contact


def _check_private(actor: Actor, contact: Contact, clean: dict[str, Any]) -> None:
    touched = [field for field in PRIVATE if field in clean and clean[field] != getattr(contact, field)]
    if not touched:
        return
    known = Contact.objects.with_private_details_for(actor).get(pk=contact.pk)
    if not getattr(known, "details_visible", False):
        words = _("You share no room with this person, so you neither see nor change this.")
        raise Invalid.field(touched[0], words, code="not_visible")


def _check_writes_in_rooms(actor: Actor, contact: Contact, clean: dict[str, Any]) -> None:
    """Codes go to the address, and what was agreed stands under the name: reading along in a room is not enough."""
    touched = [field for field in OF_THE_ROOMS if field in clean and clean[field] != getattr(contact, field)]
    if not touched:
        return
    rooms = Room.objects.filter(participants__contact=contact, participants__revoked_at=None)
    if rooms.exists():
        check_scope(actor, "rooms:write")
    if rooms.exclude(pk__in=Room.objects.writable_by(actor)).exists():
        words = _("This person is in a room where you do not write. Ask its owner to change this.")
        raise Invalid.field(touched[0].removesuffix("_id"), words, code="not_writable")


def _tell_rooms(actor: Actor, contact: Contact, type: str, **data: Any) -> None:
    for grant in Participant.objects.filter(contact=contact).active().select_related("room").order_by("room_id"):
        record(type, actor=actor, room=grant.room, subject=grant, data=data)


def _checked(values: dict[str, Any], contact: Contact | None) -> dict[str, Any]:
    checks = Checks()
    clean: dict[str, Any] = {}
    for field, value in values.items():
        match field:
            case "name":
                clean[field] = checks.line(field, value)
            case "title":
                clean[field] = checks.line(field, value, required=False)
            case "email":
                clean[field] = their_own_address(checks, field, value, required=False)
            case "shared_mailbox":
                clean[field] = value is True
            case "phone":
                clean[field] = checks.line(field, value, required=False, limit=40)
            case "time_zone":
                clean[field] = time_zone(checks, value)
            case "locale":
                clean[field] = locale(checks, value)
            case "organization":
                clean["organization_id"] = _organization(checks, value)
            case "custom":
                clean[field] = checked_custom(checks, CustomFieldOn.CONTACT, value, contact.custom if contact else None)
            case _:
                checks.add(field, _("There is no such field."), code="unknown")
    checks.done()
    return clean


def their_own_address(checks: Checks, field: str, value: Any, *, required: bool = True) -> str:
    """Return `value` as an address that may be a buyer's or partner's: never one of ours."""
    address = checks.email(field, value, required=required)
    if address and is_ours(address):
        checks.add(field, OUR_OWN, code="our_own")
    return address


def time_zone(checks: Checks, value: Any) -> str:
    """Return `value` as the name of a time zone; the installation's own when empty."""
    name = checks.line("time_zone", value, required=False, limit=64) or str(settings.TIME_ZONE)
    if name not in available_timezones():
        checks.add("time_zone", _("There is no such time zone. For example: Europe/Oslo."), code="not_a_time_zone")
    return name


def locale(checks: Checks, value: Any) -> str:
    """Return `value` as a language this installation speaks; its own when empty."""
    return checks.choice("locale", value or settings.LANGUAGE_CODE, [code for code, _name in settings.LANGUAGES])


def _organization(checks: Checks, value: Any) -> UUID | None:
    organization_id = checked_id(checks, "organization", value)
    chosen = chosen_organization(organization_id)
    if organization_id and chosen is None:
        checks.add("organization", _("Choose a client from the list."), code="unknown")
    return chosen
