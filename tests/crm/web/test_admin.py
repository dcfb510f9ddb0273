"""Django's admin: for administrators only, through the actions, and no way to answer for anybody."""

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from crm.actions.api_key import create_api_key
from crm.actors import as_user
from crm.models import ApiKey, CustomField, Event, Organization, Team, User
from deals.models import Pipeline, Stage
from tests.cast import Cast
from tests.crm.actions.test_consent import ask, say

pytestmark = pytest.mark.django_db

SHOWN = [model for model in admin.site._registry if model._meta.app_label in ("crm", "deals")]


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
    CustomField.objects.create(on="deal", key="a", label="A", type="text")
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
    assert client.get(url("crm_user", "add")).status_code == 200


def test_nobody_else_gets_in_and_there_is_one_door(cast: Cast, client: Client) -> None:
    for user in (cast.maya, cast.jonas):
        client.force_login(user)
        assert client.get(url("crm_user", "changelist")).status_code in (302, 403)
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


def test_a_colleague_is_added_changed_and_let_go_through_the_actions(cast: Cast, client: Client) -> None:
    typed = {"email": "New@nordlicht.example", "name": "Noor", "role": "rep", "time_zone": "UTC", "locale": "en"}
    assert client.post(url("crm_user", "add"), typed | {"team": cast.team.pk}).status_code == 302
    user = User.objects.get(email="new@nordlicht.example")
    assert not user.has_usable_password()
    assert Event.objects.filter(type="user.created", subject_id=user.pk, by_user=cast.admin).exists()
    typed |= {"email": user.email, "name": "Noor Said", "version": user.version, "team": ""}
    assert client.post(url("crm_user", "change", user.pk), typed).status_code == 302
    user.refresh_from_db()
    assert (user.name, user.team, user.version) == ("Noor Said", None, 2)
    stale = client.post(url("crm_user", "change", user.pk), typed | {"name": "Kept words"})
    assert stale.status_code == 200
    assert "Kept words" in stale.content.decode()
    client.post(url("crm_user", "changelist"), {"action": "deactivate", "_selected_action": [str(user.pk)]})
    user.refresh_from_db()
    assert not user.is_active
    assert Event.objects.filter(type="user.deactivated", subject_id=user.pk).exists()


def test_the_last_administrator_stays(cast: Cast, client: Client) -> None:
    typed = {"email": cast.admin.email, "name": "Ada", "role": "rep", "time_zone": "UTC", "locale": "en", "version": 1}
    answer = client.post(url("crm_user", "change", cast.admin.pk), typed)
    assert answer.status_code == 200
    assert "This is the last administrator" in answer.content.decode()


def test_a_team_moves_with_all_below_it_and_not_into_a_circle(cast: Cast, client: Client) -> None:
    cast.maya.refresh_from_db()
    assert client.post(url("crm_team", "add"), {"name": "West", "parent": ""}).status_code == 302
    west = Team.objects.get(name="West")
    moved = {"name": cast.root.name, "parent": west.pk}
    assert client.post(url("crm_team", "change", cast.root.pk), moved).status_code == 302
    assert Team.objects.get(pk=cast.team.pk).lineage == [west.pk, cast.root.pk, cast.team.pk]
    circle = client.post(url("crm_team", "change", west.pk), {"name": "West", "parent": cast.team.pk})
    assert "That would be a circle" in circle.content.decode()


def test_custom_fields_are_defined_changed_and_taken_out_of_use(cast: Cast, client: Client) -> None:
    typed = {"on": "contact", "key": "tier", "type": "choice", "label": "Tier", "choices": "A,B", "position": "0"}
    assert client.post(url("crm_customfield", "add"), typed).status_code == 302
    field = CustomField.objects.get(key="tier")
    assert client.post(url("crm_customfield", "add"), typed).status_code == 200
    changed = {"label": "Level", "choices": "A,B,C", "position": "1", "key": "other", "type": "text"}
    assert client.post(url("crm_customfield", "change", field.pk), changed).status_code == 302
    field.refresh_from_db()
    assert (field.label, field.choices, field.key, field.type) == ("Level", ["A", "B", "C"], "tier", "choice")
    client.post(url("crm_customfield", "changelist"), {"action": "archive", "_selected_action": [str(field.pk)]})
    field.refresh_from_db()
    assert field.archived_at is not None


def test_a_key_is_revoked_and_its_hash_not_shown(cast: Cast, client: Client) -> None:
    key, _secret = create_api_key(actor=as_user(cast.maya), user_id=cast.maya.pk, name="k", scopes=["deals:read"])
    assert key.key_hash not in client.get(url("crm_apikey", "change", key.pk)).content.decode()
    client.post(url("crm_apikey", "changelist"), {"action": "revoke", "_selected_action": [str(key.pk)]})
    assert ApiKey.objects.get(pk=key.pk).revoked_at is not None


def test_a_pipeline_is_made_with_stages_and_gates(cast: Cast, client: Client) -> None:
    typed = {"name": "Renewal", "slug": "renewal", "position": "5", "stage": "Agree", "question": "Do we go on?"}
    assert client.post(url("deals_pipeline", "add"), typed).status_code == 302
    pipeline = Pipeline.objects.get(slug="renewal")
    stage = Stage.objects.get(pipeline=pipeline)
    changed = {"name": "Agree", "question": "Shall we go on?", "position": "1", "gates": ["problem_agreed"]}
    assert client.post(url("deals_stage", "change", stage.pk), changed).status_code == 302
    stage.refresh_from_db()
    assert (stage.question, [gate.code for gate in stage.gates.all()]) == ("Shall we go on?", ["problem_agreed"])
    taken = {"pipeline": pipeline.pk, "name": "Talk", "question": "Kept words?", "position": "1"}
    refused = client.post(url("deals_stage", "add"), taken)
    assert "Another stage of this pipeline" in refused.content.decode()
    assert "Kept words?" in refused.content.decode()
    assert Organization.objects.count() == 1
    assert Event.objects.filter(type="pipeline.changed", subject_id=pipeline.pk).exists()


@pytest.mark.parametrize("rest", ["crm/nonsense", "1/nonsense", "1/00000000-0000-0000-0000-000000000000", "x/\x00"])
def test_rows_have_no_page_on_the_site_to_be_led_to(client: Client, rest: str) -> None:
    assert client.get(f"/admin/r/{rest}/").status_code == 404
