"""Links in mails are opened by machines before anybody reads them: nothing may happen by that, and nothing be used up.

Each kind of mail is sent; then its links are opened with GET and HEAD, fetched ahead, and by a visitor that sends every
form it finds, over and over; then its reader does what the mail said.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import allauth
import pytest
from django.test import Client
from django.test.signals import template_rendered

from crm import registry
from crm.models import Delivery
from tests.cast import Cast
from tests.crm.mail.forms import forms_of
from tests.crm.mail.kinds import (
    KINDS,
    NEVER_SENT,
    NEWS_CHOICE,
    SENDS_NO_LINK,
    WITHOUT_LINK,
    choose_mails,
    mailed,
    paths_in,
)
from tests.digest import changed, rows_digest

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

AHEAD = (
    {"Sec-Purpose": "prefetch"},
    {"Sec-Purpose": "prefetch;prerender"},
    {"Purpose": "prefetch"},
    {"X-Moz": "prefetch"},
)
OWN = ("django_session",)
"""A visitor may get a session of their own: an opened link for a new password lies in it."""
OF_THE_DOOR = (*OWN, "crm_signincode", "crm_passkeychallenge")
"""Whoever sends the form of the door asks for a code: it works in their browser, and only there."""


@pytest.fixture
def cast(settings, tmp_path, empty_redis) -> Cast:
    settings.MEDIA_ROOT = str(tmp_path)
    settings.LEDGER_CHECKPOINTS = tmp_path
    settings.SITE_URL = "http://testserver"
    cast = Cast()
    cast.write_problem()
    assert cast.ingrid
    return cast


@pytest.fixture
def templates() -> Iterator[set[str]]:
    """Which templates were rendered."""
    seen: set[str] = set()

    def note(sender: Any, template: Any, **_more: Any) -> None:
        seen.add(str(template.name).rpartition(".")[0])

    template_rendered.connect(note)
    yield seen
    template_rendered.disconnect(note)


def test_every_kind_of_mail_is_looked_at() -> None:
    found = {f"{one.parts[-3]}/mail/{one.stem}" for one in Path().glob("*/templates/*/mail/*.txt")}
    ours = {one for one in found if "/_" not in one} - {"crm/mail/base"}  # others are parts of mails
    theirs = {
        f"{one.parts[-3]}/email/{one.stem}"
        for one in (Path(allauth.__file__).parent / "templates").glob("*/email/*.txt")
        if "_url" in one.read_text()
    }
    assert ours | theirs == {kind.partition(" ")[0] for kind in KINDS} | WITHOUT_LINK | NEVER_SENT
    consumers = {name for name in (*registry._consumers, *registry._person_consumers) if ".mail_" in name}
    assert consumers == {kind.consumer for kind in KINDS.values() if kind.consumer} | {SENDS_NO_LINK}


@pytest.mark.parametrize("kind", sorted(WITHOUT_LINK))
def test_kinds_without_a_link_have_none(kind: str) -> None:
    texts = [one.read_text() for one in Path("crm/templates").glob(f"{kind}.*")]
    assert texts
    assert not any("url" in text for text in texts)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_machines_open_it_first(kind: str, cast: Cast, templates: set[str]) -> None:
    with mailed() as mails:
        KINDS[kind].send(cast)
    assert kind.partition(" ")[0] in templates
    if name := KINDS[kind].consumer:
        assert Delivery.objects.filter(consumer=name).exclude(done_at=None).exists()
    paths = paths_in(mails)
    assert paths
    before = rows_digest(without=OWN)
    for path in paths:
        _open(path)
    assert changed(before, rows_digest(without=OWN)) == []
    before = rows_digest(without=OF_THE_DOOR)
    for path in paths:
        _send_every_form(path)
    assert changed(before, rows_digest(without=OF_THE_DOOR)) == []
    for path in paths:
        (choose_mails if path.endswith("#mails") or path == NEWS_CHOICE else KINDS[kind].use)(cast, path)


def _open(path: str) -> None:
    for headers in ({}, *AHEAD):
        assert Client().get(path, headers=headers, follow=True).status_code == 200
        assert Client().head(path, headers=headers, follow=True).status_code == 200


def _send_every_form(path: str, deep: int = 3) -> None:
    """Open a page and send each of its forms as it stands, with each of its buttons; and those of what comes then."""
    visitor, seen = Client(enforce_csrf_checks=True), set()
    pages = [visitor.get(path, follow=True)]
    for _turn in range(deep):
        found = [form for page in pages for form in forms_of(page.content.decode(), page.request["PATH_INFO"])]
        pages = []
        for form in found:
            for sent in form.sendings():
                key = (form.action, frozenset(item for item in sent.items() if item[0] != "csrfmiddlewaretoken"))
                if key not in seen:
                    seen.add(key)
                    pages.append(getattr(visitor, form.method)(form.action, sent, follow=True))
                    assert pages[-1].status_code < 500, (path, form)
