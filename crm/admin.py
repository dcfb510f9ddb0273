"""Django's admin, for administrators: staff, teams and keys through the actions; the record to read.

Nothing here answers, edits or deletes a consent: they are not registered, and what is shown of the record cannot be changed.
"""

from importlib import import_module
from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crm.actions.api_key import revoke_api_key
from crm.models import ApiKey, Contact, Event, LedgerEntry, Organization
from crm.web.actor import staff

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
