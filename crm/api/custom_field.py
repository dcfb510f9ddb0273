"""Definitions of custom fields over REST: all staff read them, administrators define them. Values stand in `custom`."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.actions.custom_field import (
    archive_custom_field,
    change_custom_field,
    create_custom_field,
    move_custom_field,
    restore_custom_field,
)
from crm.api.authentication import actor_of
from crm.api.endpoint import gone, one, reads, writes
from crm.api.fields import Id, Text, Time
from crm.api.listing import Filter, Listing, page
from crm.api.versions import version_of
from crm.models import CustomField, CustomFieldOn, CustomFieldType
from crm.queries.custom_field import get_custom_field


class CustomFieldAnswer(serializers.Serializer[Any]):
    """One definition. `key` is the name in `custom`."""

    id = Id()
    on = serializers.ChoiceField(CustomFieldOn.choices)
    key = Text(max_length=64)
    label = Text(max_length=200)
    type = serializers.ChoiceField(CustomFieldType.choices)
    choices = serializers.ListField(child=Text())
    required = serializers.BooleanField()
    position = serializers.IntegerField()
    archived_at = Time(allow_null=True)
    version = serializers.IntegerField()


class NewCustomField(serializers.Serializer[Any]):
    """A new definition: `on`, `type` and `key` stay."""

    on = serializers.ChoiceField(CustomFieldOn.choices)
    type = serializers.ChoiceField(CustomFieldType.choices)
    key = Text(required=False, max_length=64, help_text="Left out, it is made from the label.")
    label = Text(max_length=200)
    choices = serializers.ListField(child=Text(max_length=200), required=False)
    required = serializers.BooleanField(required=False)


class CustomFieldChange(serializers.Serializer[Any]):
    """How a custom field is called, what can be chosen in it, whether it must be filled."""

    label = Text(max_length=200)
    choices = serializers.ListField(child=Text(max_length=200), required=False)
    required = serializers.BooleanField(required=False)


class CustomFieldPlace(serializers.Serializer[Any]):
    """Where a custom field goes."""

    to = serializers.ChoiceField(["earlier", "later"])


CUSTOM_FIELDS = Listing(
    CustomFieldAnswer, filters=(Filter("on", choices=tuple(CustomFieldOn.values)),), sorts=("position", "key")
)


class CustomFieldList(APIView):
    """The custom fields of this installation."""

    @reads("list_custom_fields", "contacts:read", listing=CUSTOM_FIELDS)
    def get(self, request: Request) -> Response:
        """List definitions."""
        return page(request, CUSTOM_FIELDS, CustomField.objects.filter(archived_at=None))

    @writes("create_custom_field", "admin", takes=NewCustomField, answers=CustomFieldAnswer, status=201)
    def post(self, request: Request, values: dict[str, Any]) -> Response:
        """Define a custom field, behind the others."""
        made = create_custom_field(actor=actor_of(request), values=values)
        return one(request, CustomFieldAnswer, made, status=201, location=reverse("api:custom-field", args=[made.pk]))


class CustomFieldDetail(APIView):
    """One definition."""

    @reads("get_custom_field", "contacts:read", answers=CustomFieldAnswer)
    def get(self, request: Request, custom_field_id: UUID) -> Response:
        """Read a definition, one out of use too."""
        return one(request, CustomFieldAnswer, get_custom_field(actor_of(request), custom_field_id), cacheable=True)

    @writes("change_custom_field", "admin", takes=CustomFieldChange, answers=CustomFieldAnswer, versioned=True)
    def patch(self, request: Request, values: dict[str, Any], custom_field_id: UUID) -> Response:
        """Change a definition. Values that are there stay."""
        actor, version = actor_of(request), version_of(request)
        field = change_custom_field(actor=actor, custom_field_id=custom_field_id, version=version, values=values)
        return one(request, CustomFieldAnswer, field)

    @writes("archive_custom_field", "admin", status=204)
    def delete(self, request: Request, values: dict[str, Any], custom_field_id: UUID) -> Response:
        """Take a custom field out of use. Its values are kept."""
        archive_custom_field(actor=actor_of(request), custom_field_id=custom_field_id)
        return gone()


class CustomFieldRestore(APIView):
    """Taking a custom field into use again."""

    @writes("restore_custom_field", "admin", answers=CustomFieldAnswer)
    def post(self, request: Request, values: dict[str, Any], custom_field_id: UUID) -> Response:
        """Take a custom field into use again, with the values it had."""
        restored = restore_custom_field(actor=actor_of(request), custom_field_id=custom_field_id)
        return one(request, CustomFieldAnswer, restored)


class CustomFieldMove(APIView):
    """The order of custom fields."""

    @writes("move_custom_field", "admin", takes=CustomFieldPlace, answers=CustomFieldAnswer)
    def post(self, request: Request, values: dict[str, Any], custom_field_id: UUID) -> Response:
        """Let a custom field change places with the one before or after it."""
        moved = move_custom_field(actor=actor_of(request), custom_field_id=custom_field_id, to=values["to"])
        return one(request, CustomFieldAnswer, moved)
