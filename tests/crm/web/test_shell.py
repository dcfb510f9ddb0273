"""Page shells, navigation, error pages, and how styles are collected."""

from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory

from crm.errors import FieldFault, Invalid, NotAllowed, NotFound, Refused, Stale
from crm.web import navigation
from crm.web.context import Shell
from crm.web.errors import DomainErrorMiddleware, page_not_found, server_error
from crm.web.navigation import NavigationEntry, register_navigation

TEMPLATES = Path(__file__).parents[3] / "crm" / "templates"


@pytest.fixture
def request_to(monkeypatch):
    monkeypatch.setattr(navigation, "_entries", {})

    def make(path="/", **headers):
        request = RequestFactory(headers=headers).get(path)
        request.user = AnonymousUser()
        return request

    return make


@pytest.mark.parametrize("path", sorted(str(file.relative_to(TEMPLATES)) for file in TEMPLATES.rglob("*.html")))
def test_every_template_compiles_and_has_no_inline_style_or_script(path):
    get_template(path)
    source = (TEMPLATES / path).read_text()
    assert " style=" not in source
    assert " onclick=" not in source
    assert "<style" not in source


def test_the_shell_shows_registered_links_and_which_is_the_present_one(request_to):
    register_navigation(NavigationEntry("Sign in", "key", "account_login", 2))
    register_navigation(NavigationEntry("Reset", "mail", "account_reset_password", 1, phone=False))
    register_navigation(NavigationEntry("Only for admins", "lock", "account_logout", 3, only="administrator"))
    html = render_to_string("crm/app.html", request=request_to("/accounts/login/"))
    assert html.index("Reset</a>") < html.index("Sign in</a>")
    assert 'href="/accounts/login/" aria-current="page"' in html
    assert "Only for admins" not in html


def test_the_chosen_theme_is_in_the_page_the_server_sends(request_to):
    request = request_to()
    request.COOKIES["theme"] = "dark"
    assert 'data-theme="dark"' in render_to_string("crm/door.html", request=request)
    request = request_to()
    request.COOKIES["theme"] = '"><script>'
    assert "data-theme" not in render_to_string("crm/door.html", request=request)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound(), 404),
        (NotAllowed("Ask Priya."), 403),
        (Invalid.field("title", "Too long."), 400),
        (Refused("Not now.", faults=[FieldFault("gate", "gate", "The problem is not agreed.")]), 409),
        (Stale("Changed meanwhile.", current=None), 409),
    ],
)
def test_refusals_become_pages_and_lasting_messages(request_to, error, status):
    middleware = DomainErrorMiddleware(lambda request: None)
    page = middleware.process_exception(request_to("/deals/"), error)
    assert page.status_code == status
    assert str(error.message) in page.content.decode()
    fragment = middleware.process_exception(request_to("/deals/", **{"HX-Request": "true"}), error)
    assert fragment.status_code == status
    assert fragment["HX-Reswap"] == "none"
    assert "refused" in fragment["HX-Trigger"]


def test_other_errors_and_the_api_are_left_alone(request_to):
    middleware = DomainErrorMiddleware(lambda request: None)
    assert middleware.process_exception(request_to(), ValueError()) is None
    assert middleware.process_exception(request_to("/api/v1/deals/"), NotFound()) is None


def test_the_way_on_from_the_room_stays_in_the_room(request_to):
    assert 'href="/room/"' in page_not_found(request_to("/room/x/"), Exception()).content.decode()
    broken = server_error(request_to()).content.decode()
    assert "broke on our side" in broken
    assert "<script" not in broken


@pytest.mark.slow
def test_styles_are_collected_into_one_hashed_file(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "crm.staticfiles.JoinedStaticFilesStorage"}}
    others = ["admin", "drf_spectacular_sidecar", "rest_framework", "django_htmx", "mfa", "account"]
    call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=others)
    (sheet,) = tmp_path.glob("crm/css/app.*.css")
    css = sheet.read_text()
    assert "@import" not in css
    assert css.startswith("/*")
    for part in Path(finders.find("crm/css/app.css")).parent.rglob("*.css"):
        if part.name != "app.css":
            assert part.read_text().strip() in css, part.name
    assert sheet.with_name(sheet.name + ".br").exists()


def test_every_import_of_the_style_sheet_is_there():
    sheet = Path(finders.find("crm/css/app.css"))
    css = sheet.read_text()
    parts = {str(part.relative_to(sheet.parent)) for part in sheet.parent.rglob("*.css")} - {"app.css"}
    assert {line.split('"')[1] for line in css.splitlines() if line.startswith("@import")} == parts
    assert css.index("*/") < css.index("@layer")


@pytest.mark.parametrize(
    ("site", "host", "offered"),
    [
        ("http://localhost:8000", "localhost:8000", True),
        ("http://localhost:8000", "127.0.0.1:8000", False),
        ("http://127.0.0.1:8000", "127.0.0.1:8000", False),
        ("https://deals.example", "deals.example", True),
    ],
)
def test_passkeys_are_offered_where_browsers_make_them(rf, settings, site: str, host: str, offered: bool) -> None:
    settings.SITE_URL, settings.ALLOWED_HOSTS = site, ["*"]
    assert Shell(rf.get("/", headers={"host": host})).passkeys_offered is offered
