"""Staff sign in with e-mail and password, look after their second step, and nobody signs up."""

import re

import pytest
from django.core import mail
from django.urls import reverse

from crm.actions.user import create_user
from crm.actors import SYSTEM
from crm.models import User

PASSWORD = "a long enough password"

pytestmark = pytest.mark.django_db


@pytest.fixture
def maya():
    return User.objects.create_user("maya.okafor@nordlicht.example", PASSWORD, name="Maya Okafor", locale="en")


def sign_in(client, email, password):
    return client.post(reverse("account_login"), {"login": email, "password": password})


def test_signing_in_leads_to_the_start_page(client, maya):
    response = sign_in(client, "Maya.Okafor@nordlicht.example", PASSWORD)
    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(maya.pk)


@pytest.mark.parametrize(
    "email", ["maya.okafor@nordlicht.example", "nobody@nordlicht.example", "a\x00b@c.example", "x" * 5000]
)
def test_a_wrong_sign_in_says_so_calmly_and_keeps_the_address(client, maya, email):
    response = sign_in(client, email, "wrong words")
    html = response.content.decode()
    assert response.status_code == 200
    assert "_auth_user_id" not in client.session
    assert 'aria-invalid="true"' in html
    assert "wrong words" not in html


@pytest.mark.parametrize(
    ("address", "typed"),
    [
        ("tomás@nordlicht.example", "TOMÁS@nordlicht.example"),
        ("tomás@nordlicht.example", "toma\u0301s@nordlicht.example"),
        ("maya@münchen.example", "maya@münchen.example"),
        ("maya@münchen.example", "maya@xn--mnchen-3ya.example"),  # what a browser makes of it
    ],
)
def test_letters_beyond_ascii_in_the_address(client, address, typed):
    tomas = create_user(actor=SYSTEM, values={"email": address, "name": "Tomás Herrera"})
    client.post(reverse("account_reset_password"), {"email": typed})
    link = re.search(r"/accounts/\S+", mail.outbox[-1].body)
    key = client.get(link[0]).url
    client.post(key, {"password1": PASSWORD, "password2": PASSWORD})
    client.post(reverse("account_logout"))
    assert sign_in(client, typed, PASSWORD).status_code == 302
    assert client.session["_auth_user_id"] == str(tomas.pk)


def test_an_unknown_address_and_a_wrong_password_look_the_same(client, maya):
    words = "E-mail and password don’t match."
    assert words in sign_in(client, maya.email, "wrong words").content.decode()
    assert words in sign_in(client, "nobody@nordlicht.example", "wrong words").content.decode()


def test_inactive_users_do_not_come_in(client, maya):
    User.objects.filter(pk=maya.pk).update(is_active=False)
    sign_in(client, maya.email, PASSWORD)
    assert "_auth_user_id" not in client.session


def test_nobody_signs_up(client):
    response = client.post(
        reverse("account_signup"), {"email": "new@nordlicht.example", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert "Accounts are made by an administrator" in response.content.decode()
    assert not User.objects.filter(email="new@nordlicht.example").exists()


@pytest.mark.parametrize("name", ["mfa_index", "account_change_password", "account_email", "account_logout"])
def test_pages_about_ones_own_sign_in(client, maya, name):
    sign_in(client, maya.email, PASSWORD)
    response = client.get(reverse(name))
    html = response.content.decode()
    assert response.status_code == 200
    assert html.count("<h1") == 1
    assert "style=" not in html


def test_the_code_for_the_app_is_drawn_in_the_page(client, maya):
    sign_in(client, maya.email, PASSWORD)
    asked_again = client.get(reverse("mfa_activate_totp"))
    assert "Is it still you?" in client.get(asked_again.url).content.decode()
    response = client.post(asked_again.url, {"password": PASSWORD}, follow=True)
    html = response.content.decode()
    assert "<svg" in html.partition('class="qr"')[2]
    assert "data:image" not in html


def test_the_frame_names_who_is_signed_in_and_what_they_may_open(client, maya):
    sign_in(client, maya.email, PASSWORD)
    html = client.get(reverse("mfa_index")).content.decode()
    assert "Maya Okafor, Sales rep" in html
    assert reverse("admin:index") not in html
    User.objects.filter(pk=maya.pk).update(role="admin")
    assert reverse("admin:index") in client.get(reverse("mfa_index")).content.decode()


def test_pages_speak_the_persons_language_and_zone(client, maya, settings):
    from django.utils import timezone

    from crm.web.viewer import show_in

    show_in("xx-not-one", "Nowhere/Land")
    assert timezone.get_current_timezone_name() == settings.TIME_ZONE
    show_in("de", "Europe/Berlin")
    assert timezone.get_current_timezone_name() == "Europe/Berlin"
    User.objects.filter(pk=maya.pk).update(locale="de")
    sign_in(client, maya.email, PASSWORD)
    assert '<html lang="de"' in client.get(reverse("mfa_index")).content.decode()


def test_an_unknown_page_and_one_without_a_token_have_calm_words(client, maya):
    from django.test import Client

    assert "There is nothing here for you" in client.get("/nope/").content.decode()
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(reverse("account_login"), {"login": maya.email, "password": PASSWORD})
    assert response.status_code == 403
    assert "open for too long" in response.content.decode()


def test_the_second_step_is_asked_for_and_needs_its_code(client, maya, settings):
    from allauth.mfa.totp.internal import auth

    settings.MFA_TOTP_TOLERANCE = 1  # a code may fall into the next half minute
    secret = auth.generate_totp_secret()
    auth.TOTP.activate(maya, secret)
    assert sign_in(client, maya.email, PASSWORD).url.startswith(reverse("mfa_authenticate"))
    html = client.get(reverse("mfa_authenticate")).content.decode()
    assert "code-field" in html
    assert "Use a passkey or security key" in html
    right = {auth.format_hotp_value(auth.hotp_value(secret, at)) for at in auth.yield_hotp_counters_from_time()}
    wrong = next(code for code in ("000000", "111111", "222222", "333333") if code not in right)
    assert 'aria-invalid="true"' in client.post(reverse("mfa_authenticate"), {"code": wrong}).content.decode()
    assert "_auth_user_id" not in client.session
    counter = list(auth.yield_hotp_counters_from_time())[1]
    client.post(reverse("mfa_authenticate"), {"code": auth.format_hotp_value(auth.hotp_value(secret, counter))})
    assert client.session["_auth_user_id"] == str(maya.pk)


def test_the_admin_page_has_no_door_of_its_own_that_skips_the_second_step(client, maya):
    response = client.post("/admin/login/?next=/admin/", {"username": maya.email, "password": PASSWORD})
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))
    assert "_auth_user_id" not in client.session
    client.force_login(maya)
    assert client.get("/admin/login/").status_code == 403


def test_an_address_is_confirmed_by_its_person_alone(client, maya):
    from django.test import Client

    from tests.cast import Cast

    sign_in(client, maya.email, PASSWORD)
    client.post(reverse("account_email"), {"action_add": "", "email": "maya@elsewhere.example"})
    link = re.search(r"/accounts/confirm-email/\S+", mail.outbox[-1].body)[0]
    somebody = Client()
    assert somebody.post(link).url.startswith(reverse("account_login"))
    somebody.force_login(Cast().stranger)
    for method in (somebody.get, somebody.post):
        assert method(link).status_code == 404
    assert "_auth_user_id" in somebody.session, "and is not signed out by it"
    assert not maya.emailaddress_set.filter(verified=True).exists()
    assert client.get(link).status_code == 200
    client.post(link)
    assert maya.emailaddress_set.get(verified=True).email == "maya@elsewhere.example"


@pytest.mark.parametrize("known", [True, False])
def test_links_lead_to_our_address_whatever_the_request_says(client, maya, settings, known):
    settings.SITE_URL = "https://deals.nordlicht.example"
    email = maya.email if known else "nobody@nordlicht.example"
    client.post(reverse("account_reset_password"), {"email": email}, headers={"host": "testserver:6666"})
    links = re.findall(r"https?://\S+", mail.outbox[-1].body)
    assert links
    assert all(link.startswith("https://deals.nordlicht.example/accounts/") for link in links)
