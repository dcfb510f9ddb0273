"""Django's admin, for administrators: staff, teams, custom fields and keys through the actions; the record to read.

Nothing here answers, edits or deletes a consent: they are not registered, and what is shown of the record cannot be changed.
"""

from importlib import import_module
from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crm.actions.api_key import revoke_api_key
from crm.actions.custom_field import archive_custom_field, change_custom_field, create_custom_field
from crm.actions.team import change_team, create_team
from crm.actions.user import change_user, create_user, deactivate_user, reactivate_user
from crm.actors import Actor
from crm.errors import DomainError, Invalid, Refused, Stale
from crm.models import ApiKey, Contact, CustomField, Event, LedgerEntry, Organization, Team, User
from crm.web.actor import staff
from crm.web.forms import LineField, add_faults

for package in ("allauth.mfa", "allauth.socialaccount"):
    import_module(f"{package}.admin")
for model in (Authenticator, SocialAccount, SocialApp, SocialToken):
    admin.site.unregister(model)  # the packages' own pages show secrets, and write past the actions

admin.site.site_header = admin.site.site_title = _("Common Ground: administration")
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # one door, with its limits and second factor
_all_urls = admin.site.get_urls


def _urls() -> list[Any]:
    """Leave out the way from a row to its page on the site: no row here has one, and ids that are none would break it."""
    return [one for one in _all_urls() if getattr(one, "name", "") != "view_on_site"]


admin.site.get_urls = _urls  # type: ignore[method-assign]


class ActionForm(forms.ModelForm):
    """A form of the admin that writes through an action: what the action refuses stands at the field, typed words stay."""

    actor: Actor

    def act(self, values: dict[str, Any]) -> Any:
        """Write, and return the row. Raises `Invalid`, `Refused`, `Stale`."""
        raise NotImplementedError

    def _post_clean(self) -> None:
        """In place of the model's own checks: the action checks and writes, in the admin's transaction."""
        if self.errors:
            return
        try:
            self.instance = self.act(self.cleaned_data)
        except (Invalid, Refused, Stale) as error:
            add_faults(self, error)

    def save(self, commit: bool = True) -> Any:
        """Return what the action wrote."""
        return self.instance

    def save_m2m(self) -> None:
        """Nothing is left to write."""


class ActionAdmin(admin.ModelAdmin):
    """Rows that are added and changed through actions, and never deleted."""

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Give the form who acts."""
        form = super().get_form(request, obj, change, **kwargs)
        form.actor = staff(request)  # type: ignore[attr-defined]
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The action wrote it already."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is deleted here."""
        return False

    def run(self, request: HttpRequest, rows: QuerySet[Any], act: Any) -> None:
        """Run an action on each chosen row; what is refused is said by name."""
        for row in rows:
            try:
                act(row)
            except DomainError as error:
                self.message_user(request, f"{row}: {error.message}", level="ERROR")


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows to look at."""

    show_full_result_count = False
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nothing is added here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is changed here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is deleted here."""
        return False


class UserForm(ActionForm):
    """A member of staff."""

    email = LineField(label=_("E-mail"))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = User
        fields = ("email", "name", "title", "role", "team", "time_zone", "locale", "version")

    def act(self, values: dict[str, Any]) -> User:
        """Add or change."""
        version = values.pop("version") or 0
        values["team"] = values["team"].pk if values["team"] else None
        if self.instance._state.adding:
            return create_user(actor=self.actor, values=values)
        return change_user(actor=self.actor, user_id=self.instance.pk, version=version, values=values)


@admin.register(User)
class UserAdmin(ActionAdmin):
    """Staff. Somebody new sets a password by "Set a new password" on the sign-in page."""

    form = UserForm
    list_display = ("name", "email", "role", "team", "is_active")
    list_filter = ("role", "is_active", "team")
    list_select_related = ("team",)
    search_fields = ("name", "email")
    actions = ("deactivate", "reactivate")

    @admin.action(description=_("End the access of the chosen people, now"))
    def deactivate(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        """End sessions and keys."""
        actor = staff(request)
        self.run(request, rows, lambda user: deactivate_user(actor=actor, user_id=user.pk, version=user.version))

    @admin.action(description=_("Let the chosen people in again"))
    def reactivate(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        """Old sessions and keys stay ended."""
        actor = staff(request)
        self.run(request, rows, lambda user: reactivate_user(actor=actor, user_id=user.pk, version=user.version))


class TeamForm(ActionForm):
    """A team."""

    class Meta:
        model = Team
        fields = ("name", "parent")

    def act(self, values: dict[str, Any]) -> Team:
        """Add or change; the lineage of all teams below comes along."""
        parent = values["parent"].pk if values["parent"] else None
        if self.instance._state.adding:
            return create_team(actor=self.actor, name=values["name"], parent_id=parent)
        return change_team(actor=self.actor, team_id=self.instance.pk, name=values["name"], parent_id=parent)


@admin.register(Team)
class TeamAdmin(ActionAdmin):
    """Teams, one below another."""

    form = TeamForm
    list_display = ("name", "parent")
    list_select_related = ("parent",)
    search_fields = ("name",)


class CustomFieldForm(ActionForm):
    """A custom field. Where it is, its key and its type stay."""

    class Meta:
        model = CustomField
        fields = ("on", "key", "type", "label", "choices", "required", "position")

    def act(self, values: dict[str, Any]) -> CustomField:
        """Add or change."""
        if self.instance._state.adding:
            return create_custom_field(actor=self.actor, values=values)
        return change_custom_field(actor=self.actor, custom_field_id=self.instance.pk, values=values)


@admin.register(CustomField)
class CustomFieldAdmin(ActionAdmin):
    """Custom fields of clients, contacts and deals."""

    form = CustomFieldForm
    list_display = ("label", "on", "key", "type", "required", "archived_at")
    list_filter = ("on", "type")
    actions = ("archive",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What stays once it is there."""
        return ("on", "key", "type") if obj else ()

    @admin.action(description=_("Take the chosen fields out of use"))
    def archive(self, request: HttpRequest, rows: QuerySet[CustomField]) -> None:
        """Values stay where they are."""
        actor = staff(request)
        self.run(request, rows, lambda field: archive_custom_field(actor=actor, custom_field_id=field.pk))


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    """Keys: whose, for what, used when; revoked here, made by their owner."""

    list_display = ("name", "user", "prefix", "last_four", "created_at", "expires_at", "last_used_at", "revoked_at")
    list_select_related = ("user",)
    exclude = ("key_hash",)
    actions = ("revoke",)

    @admin.action(description=_("Revoke the chosen keys, now"))
    def revoke(self, request: HttpRequest, rows: QuerySet[ApiKey]) -> None:
        """End keys at once."""
        for key in rows:
            revoke_api_key(actor=staff(request), key_id=key.pk)


@admin.register(Organization)
class OrganizationAdmin(ReadOnlyAdmin):
    """Clients, changed on their own pages."""

    list_display = ("name", "parent", "industry", "country", "archived_at")
    list_select_related = ("parent",)
    search_fields = ("name", "domain")


@admin.register(Contact)
class ContactAdmin(ReadOnlyAdmin):
    """Contacts, changed on their own pages."""

    list_display = ("name", "organization", "title", "email", "archived_at")
    list_select_related = ("organization",)
    search_fields = ("name", "email")


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    """The chain of each room."""

    list_display = ("room", "seq", "type", "at", "hash")
    list_filter = ("type",)
    list_select_related = ("room",)


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """What happened, newest first."""

    list_display = ("at", "type", "room", "by_user", "by_contact", "by_side")
    list_filter = ("by_side",)
    list_select_related = ("room", "by_user", "by_contact")
    ordering = ("-at", "-id")


@admin.register(Authenticator)
class AuthenticatorAdmin(ReadOnlyAdmin):
    """Second factors. One that somebody lost is taken away here; they sign in by password and set up another."""

    fields = list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    list_select_related = ("user",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An administrator may."""
        return admin.ModelAdmin.has_delete_permission(self, request, obj)
