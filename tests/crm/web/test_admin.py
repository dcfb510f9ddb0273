"""Django's admin: for administrators only, through the actions, and no way to answer for anybody."""

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from crm.actions.api_key import create_api_key
from crm.actors import as_user
from crm.models import ApiKey, User
from tests.cast import Cast
from tests.crm.actions.test_consent import ask, say

pytestmark = pytest.mark.django_db

SHOWN = [model for model in admin.site._registry if model._meta.app_label == "crm"]


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    cast = Cast()
    cast.write_problem()
    say(cast, ask(cast))
    assert cast.admin
    return cast


@pytest.fixture
def client(cast: Cast, client: Client) -> Client:
    client.force_login(cast.admin)
    return client


def url(model: str, what: str, *args: object) -> str:
    return reverse(f"admin:{model}_{what}", args=args)


@pytest.mark.slow
def test_every_list_and_every_row_opens_for_an_administrator_without_the_superuser_flag(cast, client) -> None:
    create_api_key(actor=as_user(cast.admin), user_id=cast.admin.pk, name="k", scopes=["admin"])
    assert not cast.admin.is_superuser
    assert client.get(reverse("admin:index")).status_code == 200
    for model in SHOWN:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        assert client.get(url(name, "changelist")).status_code == 200
        row = model._default_manager.first()
        assert client.get(url(name, "change", row.pk)).status_code == 200, name
        assert client.post(url(name, "delete", row.pk), {"post": "yes"}).status_code == 403, name


def test_an_administrator_from_the_command_line_gets_in_too(client: Client) -> None:
    client.force_login(User.objects.create_superuser("root@nordlicht.example", "x", name="Root"))
    assert client.get(url("crm_apikey", "changelist")).status_code == 200


def test_nobody_else_gets_in_and_there_is_one_door(cast: Cast, client: Client) -> None:
    for user in (cast.maya, cast.jonas):
        client.force_login(user)
        assert client.get(url("crm_apikey", "changelist")).status_code in (302, 403)
        assert client.get(reverse("admin:index"), follow=True).status_code == 403
    client.logout()
    answer = client.get(reverse("admin:index"), follow=True)
    assert answer.redirect_chain[-1][0].startswith(reverse("account_login"))


def test_no_consent_can_be_answered_edited_or_deleted_here() -> None:
    for name in ("Consent", "Question", "Revision", "LedgerPayload", "Participant"):
        assert not admin.site.is_registered(apps.get_model("crm", name))
    assert not admin.site.is_registered(apps.get_model("deals", "Waiver"))


def test_no_secret_of_a_second_factor_is_shown_or_written_and_a_lost_one_is_taken_away(
    cast: Cast, client: Client
) -> None:
    factor = Authenticator.objects.create(user=cast.maya, type="totp", data={"secret": "CANARY"})
    for name in ("SocialAccount", "SocialApp", "SocialToken"):
        assert not admin.site.is_registered(apps.get_model("socialaccount", name))
    assert "CANARY" not in client.get(url("mfa_authenticator", "change", factor.pk)).content.decode()
    assert client.get(url("mfa_authenticator", "add")).status_code == 403
    assert client.post(url("mfa_authenticator", "change", factor.pk), {"type": "totp"}).status_code == 403
    assert client.post(url("mfa_authenticator", "delete", factor.pk), {"post": "yes"}).status_code == 302
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("model", ["organization", "contact", "ledgerentry", "event", "apikey"])
def test_the_record_and_the_directory_are_read_only(cast: Cast, client: Client, model: str) -> None:
    assert client.get(url(f"crm_{model}", "add")).status_code == 403
    row = apps.get_model("crm", model)._default_manager.first()
    if row is not None:
        assert client.post(url(f"crm_{model}", "change", row.pk), {"name": "Other"}).status_code == 403


def test_a_key_is_revoked_and_its_hash_not_shown(cast: Cast, client: Client) -> None:
    key, _secret = create_api_key(actor=as_user(cast.maya), user_id=cast.maya.pk, name="k", scopes=["deals:read"])
    assert key.key_hash not in client.get(url("crm_apikey", "change", key.pk)).content.decode()
    client.post(url("crm_apikey", "changelist"), {"action": "revoke", "_selected_action": [str(key.pk)]})
    assert ApiKey.objects.get(pk=key.pk).revoked_at is not None


@pytest.mark.parametrize("rest", ["crm/nonsense", "1/nonsense", "1/00000000-0000-0000-0000-000000000000", "x/\x00"])
def test_rows_have_no_page_on_the_site_to_be_led_to(client: Client, rest: str) -> None:
    assert client.get(f"/admin/r/{rest}/").status_code == 404
