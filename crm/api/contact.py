"""Contacts over REST. E-mail and phone follow the rooms: null, with `details_visible` false, where you share none."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.actions.address_change import vouch_for_address
from crm.actions.contact import archive_contact, change_contact, create_contact, restore_contact
from crm.actors import Actor
from crm.api.authentication import actor_of
from crm.api.bulk import OPTIONS, BulkAnswer, BulkRowChange, write_records
from crm.api.endpoint import expanded, gone, one, reads, writes
from crm.api.fields import Id, Related, Text, Time, YesNo
from crm.api.listing import Filter, Listing, page
from crm.api.organization import OrganizationAnswer
from crm.api.versions import version_of
from crm.directory import CONTACTS as CONTACT_KIND
from crm.errors import NotFound
from crm.models import Contact
from crm.queries.merge import survivor


class FollowsRooms(serializers.Field):
    """A private detail: null for whoever shares no room with the person."""

    def get_attribute(self, instance: Any) -> Any:
        """Return the detail only where the query said it may be seen."""
        return super().get_attribute(instance) if instance.details_visible else None


class PrivateText(FollowsRooms, Text):
    """A private text."""


class PrivateYesNo(FollowsRooms, serializers.BooleanField):
    """A private yes or no."""


class ContactAnswer(serializers.Serializer[Any]):
    """A person outside the selling organisation."""

    id = Id()
    name = Text(max_length=200)
    organization = Related(OrganizationAnswer, scope="contacts:read")
    title = Text(max_length=200)
    details_visible = serializers.BooleanField(help_text="Whether you may see `email` and `phone`.")
    email = PrivateText(max_length=254, allow_null=True)
    email_confirmed = PrivateYesNo(
        allow_null=True, help_text="False while a new address waits for the old mailbox or an administrator."
    )
    shared_mailbox = PrivateYesNo(allow_null=True, help_text="Whether several people read what arrives at `email`.")
    phone = PrivateText(max_length=40, allow_null=True)
    time_zone = Text(max_length=64)
    locale = Text(max_length=16)
    custom = serializers.DictField()
    version = serializers.IntegerField()
    created_at = Time()
    updated_at = Time()
    archived_at = Time(allow_null=True)


class ContactChange(serializers.Serializer[Any]):
    """The fields of a contact. A null in `custom` removes that value."""

    name = Text(max_length=200)
    organization = Id(required=False, allow_null=True)
    title = Text(required=False, max_length=200)
    email = Text(required=False, max_length=254)
    shared_mailbox = YesNo(required=False)
    phone = Text(required=False, max_length=40)
    time_zone = Text(required=False, max_length=64)
    locale = Text(required=False, max_length=16)
    custom = serializers.DictField(required=False)


class Vouching(serializers.Serializer[Any]):
    """How the administrator knows that the new address is theirs. Everybody in the person's rooms reads it."""

    reason = Text(max_length=2000)


CONTACTS = Listing(
    ContactAnswer,
    filters=(
        Filter("organization", "id"),
        Filter("archived", "no_yes", ("archived_at__isnull",)),
        Filter("updated_after", "time", ("updated_at__gt",)),
        Filter("q", "search", ("name__icontains",)),
    ),
    sorts=("name", "-updated_at", "created_at"),
    expand=("organization", "organization.parent"),
    kind=CONTACT_KIND.name,
)


class ContactList(APIView):
    """The directory of contacts."""

    @reads("list_contacts", "contacts:read", listing=CONTACTS)
    def get(self, request: Request) -> Response:
        """List the contacts of the directory; `archived=true` lists those taken out of it."""
        rows = _visible(actor_of(request)).filter(erased_at=None)
        return page(request, CONTACTS, rows if "archived" in request.query_params else rows.filter(archived_at=None))

    @writes(
        "create_contact",
        "contacts:write",
        takes=ContactChange,
        answers=ContactAnswer,
        status=201,
        example={"name": "Ingrid Solberg", "title": "VP Supply Chain", "email": "ingrid@halvorsen.example"},
    )
    def post(self, request: Request, values: dict[str, Any]) -> Response:
        """Add a contact."""
        made = create_contact(actor=actor_of(request), values=values)
        location = reverse("api:contact", args=[made.pk])
        return one(request, ContactAnswer, _get(actor_of(request), made.pk), status=201, location=location)


class ContactDetail(APIView):
    """One contact."""

    @reads("get_contact", "contacts:read", answers=ContactAnswer, expand=CONTACTS.expand)
    def get(self, request: Request, contact_id: UUID) -> Response:
        """Read a contact: the one that it was put together with, if it was."""
        expand = expanded(request, CONTACTS.expand)
        return one(request, ContactAnswer, _get(actor_of(request), contact_id), expand=expand)

    @writes("change_contact", "contacts:write", takes=ContactChange, answers=ContactAnswer, versioned=True)
    def patch(self, request: Request, values: dict[str, Any], contact_id: UUID) -> Response:
        """Change a contact. A new e-mail address ends the old one's way into rooms.

        Of somebody who is in rooms, name, organization and e-mail need `rooms:write` too, and an owner who writes in all of them.
        Whoever has been in a room answers nothing from a new address before the old mailbox confirms it.
        """
        change_contact(actor=actor_of(request), contact_id=contact_id, version=version_of(request), values=values)
        return one(request, ContactAnswer, _get(actor_of(request), contact_id))

    @writes("archive_contact", "contacts:write", status=204, versioned=True)
    def delete(self, request: Request, values: dict[str, Any], contact_id: UUID) -> Response:
        """Take a contact out of the directory. Their rooms are not touched: access ends with `DELETE /participants/{id}/`."""
        archive_contact(actor=actor_of(request), contact_id=contact_id, version=version_of(request))
        return gone()


class ContactRestoring(APIView):
    """A contact that was taken out of the directory."""

    @writes("restore_contact", "contacts:write", answers=ContactAnswer, versioned=True)
    def post(self, request: Request, values: dict[str, Any], contact_id: UUID) -> Response:
        """Put a contact back into the directory."""
        restore_contact(actor=actor_of(request), contact_id=contact_id, version=version_of(request))
        return one(request, ContactAnswer, _get(actor_of(request), contact_id))


class ContactVouching(APIView):
    """A new address whose old mailbox nobody reads any more."""

    @writes("vouch_for_address", "admin", takes=Vouching, answers=ContactAnswer, status=200, versioned=True)
    def post(self, request: Request, values: dict[str, Any], contact_id: UUID) -> Response:
        """Vouch for the new address, as an administrator who did not change it. 404 where no change waits."""
        vouch_for_address(actor=actor_of(request), contact_id=contact_id, version=version_of(request), **values)
        return one(request, ContactAnswer, _get(actor_of(request), contact_id))


class ContactBulkRow(ContactChange, BulkRowChange):
    """One contact to change; without `id` one to add."""


class ContactBulkChange(serializers.Serializer[Any]):
    """Up to a hundred contacts."""

    rows = ContactBulkRow(many=True)


class ContactBulk(APIView):
    """Many contacts at once."""

    @writes("change_contacts", "contacts:write", takes=ContactBulkChange, answers=BulkAnswer, options=OPTIONS)
    def post(self, request: Request, values: dict[str, Any]) -> Response:
        """Change up to 100 contacts, and make those without `id`, all or none; `atomic=false` answers for each by itself."""
        return write_records(
            request, CONTACT_KIND, lambda actor, row: create_contact(actor=actor, values=row), values["rows"]
        )


def _visible(actor: Actor) -> Any:
    return Contact.objects.visible_to(actor).with_private_details_for(actor).with_address_state()


def _get(actor: Actor, contact_id: UUID) -> Contact:
    found: Contact | None = _visible(actor).select_related("organization__parent").filter(pk=contact_id).first()
    if found is None:
        raise NotFound
    return found if found.merged_into_id is None else _get(actor, survivor(found).pk)
