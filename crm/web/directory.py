"""What is typed about a client or a contact, with the custom fields that an administrator added."""

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from crm.actions.contact import PRIVATE
from crm.actors import Actor
from crm.models import Contact, CustomField, CustomFieldOn, CustomFieldType, Organization
from crm.queries.custom_field import custom_fields
from crm.web.client_field import ClientField, offer_clients
from crm.web.forms import DayField, LineField, NumberField, WordsField
from crm.web.version import CUSTOM, VersionedForm

_NONE = ("", "—")
_YES_NO = {"True": True, "False": False}


class DirectoryForm(VersionedForm):
    """A form about a row of the directory; `on` says whose custom fields stand in it."""

    on: str

    def __init__(
        self, actor: Actor, data: Any = None, *, row: Organization | Contact | None = None, **options: Any
    ) -> None:
        self._definitions = {f"{CUSTOM}{one.key}": one for one in custom_fields(actor, self.on)}
        self.merged = (*self.merged, *self._definitions)
        super().__init__(data, row=row, **options)
        for name, definition in self._definitions.items():
            value = row.custom.get(definition.key) if row else None
            self.fields[name] = _custom_control(definition, value)
            if definition.type == CustomFieldType.NUMBER and value is not None:
                self.initial[name] = Decimal(value)

    @property
    def custom(self) -> list[forms.BoundField]:
        """The custom fields, in the order of their definitions."""
        return [self[name] for name in self._definitions]

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, for the action; what still says what the writer started from is left out."""
        base, typed = self.base(), self.typed()
        changed = {name: self.cleaned_data[name] for name in typed if name not in base or base[name] != typed[name]}
        values = {name: value for name, value in changed.items() if name not in self._definitions}
        custom = {
            one.key: _custom_value(one, changed[name]) for name, one in self._definitions.items() if name in changed
        }
        return {**values, "custom": custom} if custom else values


class OrganizationForm(DirectoryForm):
    """A client."""

    on = CustomFieldOn.ORGANIZATION
    name = LineField(label=_("Name"))
    parent = ClientField(label=_("Belongs to"), required=False, help_text=_("The client it is a part of."))
    industry = LineField(label=_("Industry"), required=False)
    city = LineField(label=_("City"), required=False)
    country = LineField(label=_("Country"), required=False)
    website = LineField(label=_("Web"), required=False)
    domain = LineField(
        label=_("Domain of their mail"),
        required=False,
        help_text=_("What stands after the @. For example: company.example."),
    )

    merged = ("name", "parent", "industry", "city", "country", "website", "domain")

    def __init__(self, actor: Actor, data: Any = None, *, row: Organization | None = None, **options: Any) -> None:
        super().__init__(actor, data, row=row, **options)
        offer_clients(self, "parent", actor)


class ContactForm(DirectoryForm):
    """A contact. Address and phone are there only for who may see them."""

    on = CustomFieldOn.CONTACT
    name = LineField(label=_("Name"))
    organization = ClientField(label=_("Client"), required=False)
    title = LineField(label=_("What they do"), required=False, help_text=_("As on their card."))
    email = LineField(
        label=_("E-mail"),
        required=False,
        help_text=_("A new address ends the way in of the old one, and the room is told."),
    )
    shared_mailbox = forms.BooleanField(label=_("Several people read this mailbox"), required=False)
    phone = LineField(label=_("Phone"), required=False)
    locale = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, initial=settings.LANGUAGE_CODE)
    time_zone = LineField(label=_("Time zone"), required=False, initial=settings.TIME_ZONE, help_text="Europe/Oslo")

    merged: tuple[str, ...] = (
        "name",
        "organization",
        "title",
        "email",
        "shared_mailbox",
        "phone",
        "locale",
        "time_zone",
    )

    def __init__(
        self, actor: Actor, data: Any = None, *, row: Contact | None = None, details: bool = True, **options: Any
    ) -> None:
        if not details:
            self.merged = tuple(name for name in self.merged if name not in PRIVATE)
        super().__init__(actor, data, row=row, **options)
        offer_clients(self, "organization", actor)
        if row is None:
            self.fields["email"].help_text = ""
        if not details:
            for name in PRIVATE:
                del self.fields[name]


def _custom_control(definition: CustomField, value: Any) -> forms.Field:
    """Return the field that a custom field is typed into. A choice that was taken off the list stays while it is kept."""
    shape: dict[str, Any] = {"label": definition.label, "required": definition.required}
    match definition.type:
        case CustomFieldType.NUMBER:
            return NumberField(**shape)
        case CustomFieldType.DATE:
            return DayField(**shape)
        case CustomFieldType.CHOICE:
            kept = [value] if value and value not in definition.choices else []
            return forms.ChoiceField(**shape, choices=[_NONE, *((one, one) for one in [*definition.choices, *kept])])
        case CustomFieldType.YES_NO:
            return forms.ChoiceField(**shape, choices=[_NONE, ("True", _("Yes")), ("False", _("No"))])
    return WordsField(**shape, rows=2)


def _custom_value(definition: CustomField, typed: Any) -> Any:
    """Return what was typed as the action takes it; None for nothing."""
    if typed in (None, ""):
        return None
    return _YES_NO[typed] if definition.type == CustomFieldType.YES_NO else typed


class VouchForm(forms.Form):
    """Why an administrator vouches for a new address."""

    reason = WordsField(
        label=_("How you know that it is theirs"), help_text=_("Everybody in their rooms reads this."), rows=2
    )
