"""Writing the directory of organisations. All staff may; nobody from outside does."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.actions.custom_field import checked_custom
from crm.actions.hierarchy import check_parent, lock_hierarchy
from crm.actions.version import check_version, save_changes
from crm.actors import Actor
from crm.checks import Checks, checked_id
from crm.clock import now
from crm.errors import NotAllowed, NotFound
from crm.events.record import record
from crm.models import CustomFieldOn, Organization
from crm.queries.merge import refused_when_merged
from crm.scopes import check_scope

_LINES = {"industry": 200, "country": 200, "city": 200, "domain": 253}
_is_url = URLValidator(schemes=("http", "https"))


@transaction.atomic
def create_organization(*, actor: Actor, values: dict[str, Any]) -> Organization:
    """Add an organisation. `values`: name, parent (id), domain, website, industry, country, city,
    dream_client (whether we would most like to work with them), custom.

    Raises `Invalid` at the field.
    """
    check_may_keep_directory(actor)
    clean = _checked({"name": "", "custom": {}, **values}, None)
    at = now()
    organization = Organization.objects.create(created_at=at, updated_at=at, **clean)
    record("organization.created", actor=actor, room=None, subject=organization)
    return organization


@transaction.atomic
def change_organization(*, actor: Actor, organization_id: UUID, version: int, values: dict[str, Any]) -> Organization:
    """Change some fields of an organisation. Raises `Stale` when it is no longer at `version`."""
    check_may_keep_directory(actor)
    organization = lock_organization(actor, organization_id)
    check_version(organization, version)
    clean = _checked(values, organization)
    changed = save_changes(organization, clean)
    if changed:
        record("organization.changed", actor=actor, room=None, subject=organization, data={"fields": changed})
    return organization


@transaction.atomic
def archive_organization(*, actor: Actor, organization_id: UUID, version: int) -> Organization:
    """Take an organisation out of the directory; its deals, rooms and contacts stay."""
    check_may_keep_directory(actor)
    organization = lock_organization(actor, organization_id)
    check_version(organization, version)
    if save_changes(organization, {"archived_at": now()}):
        record("organization.archived", actor=actor, room=None, subject=organization)
    return organization


@transaction.atomic
def restore_organization(*, actor: Actor, organization_id: UUID, version: int) -> Organization:
    """Put an organisation back into the directory."""
    check_may_keep_directory(actor)
    organization = lock_organization(actor, organization_id, archived=True)
    check_version(organization, version)
    if save_changes(organization, {"archived_at": None}):
        record("organization.restored", actor=actor, room=None, subject=organization)
    return organization


def check_may_keep_directory(actor: Actor) -> None:
    """Raise `NotAllowed` for whoever does not keep the directory: guests, and keys without the scope."""
    if not actor.is_seller:
        raise NotAllowed(_("The directory is kept by the selling side."))
    check_scope(actor, "contacts:write")


def lock_organization(actor: Actor, organization_id: UUID, *, archived: bool = False) -> Organization:
    """Lock an organisation that the actor sees. Raises `NotFound`, and `Refused` for one that was put together with another."""
    visible = Organization.objects.visible_to(actor).filter(pk=organization_id)
    organization = visible.select_for_update(of=("self",), no_key=True).first()
    if organization is not None:
        refused_when_merged(organization)
    if organization is None or (organization.archived_at is not None) != archived:
        raise NotFound
    return organization


def chosen_organization(organization_id: UUID | None) -> UUID | None:
    """Return the entry of the directory that an id stands for: the one it was put together with, None for none.

    It stays in the directory until the end of the transaction: whoever puts it together with another one waits.
    """
    if not organization_id:
        return None
    words = "SELECT id, archived_at, merged_into_id FROM crm_organization WHERE id = %s FOR KEY SHARE"
    for row in Organization.objects.raw(words, [organization_id]):
        if row.merged_into_id is not None:
            return chosen_organization(row.merged_into_id)
        return row.pk if row.archived_at is None else None
    return None


def _checked(values: dict[str, Any], organization: Organization | None) -> dict[str, Any]:
    checks = Checks()
    clean: dict[str, Any] = {}
    for field, value in values.items():
        if field == "name":
            clean[field] = checks.line(field, value)
        elif field in _LINES:
            clean[field] = checks.line(field, value, required=False, limit=_LINES[field])
        elif field == "website":
            clean[field] = _website(checks, value)
        elif field == "dream_client":
            clean[field] = _yes_or_no(checks, field, value)
        elif field == "parent":
            clean["parent_id"] = _parent(checks, value, organization)
        elif field == "custom":
            before = organization.custom if organization else None
            clean[field] = checked_custom(checks, CustomFieldOn.ORGANIZATION, value, before)
        else:
            checks.add(field, _("There is no such field."), code="unknown")
    checks.done()
    return clean


def _yes_or_no(checks: Checks, field: str, value: Any) -> bool:
    if not isinstance(value, bool):
        checks.add(field, _("Say yes or no."), code="not_yes_or_no")
    return value is True


def _website(checks: Checks, value: Any) -> str:
    address = checks.line("website", value, required=False, limit=500)
    if address and "://" not in address:
        address = f"https://{address}"
    if address:
        try:
            _is_url(address)
        except ValidationError:
            checks.add(
                "website", _("This is not a web address. For example: https://company.example."), code="not_a_url"
            )
    return address


def _parent(checks: Checks, value: Any, organization: Organization | None) -> UUID | None:
    parent_id = checked_id(checks, "parent", value)
    if parent_id is None:
        return None
    lock_hierarchy(Organization)
    parent_id = chosen_organization(parent_id)
    if parent_id is None:
        checks.add("parent", _("Choose a client from the list."), code="unknown")
        return None
    check_parent(checks, Organization, organization.pk if organization else None, parent_id)
    return parent_id
