"""Whoever gets hold of a copy of the database, or of what lies in Redis, comes in nowhere with it."""

import base64
import re
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings as project
from django.core import mail
from django.db import connection
from django.test import Client
from redis import Redis

from crm.actions.api_key import create_api_key
from crm.actions.participant import invite_contact
from crm.actors import SYSTEM
from crm.events.deliver import deliver_owed
from crm.models import Passkey
from crm.scopes import scopes
from tests.api.caller import Caller
from tests.canaries import plant
from tests.cast import Cast, make_user
from tests.crm.actions.authenticator import ORIGIN
from tests.crm.actions.authenticator import Authenticator as Device
from tests.crm.actions.test_passkey import add

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

PASSWORD = "a long enough password"


@pytest.fixture(autouse=True)
def place(settings, tmp_path, empty_redis) -> None:
    settings.SITE_URL, settings.ALLOWED_HOSTS = ORIGIN, ["*"]
    settings.MEDIA_ROOT = str(tmp_path)
    settings.MFA_TOTP_TOLERANCE = 1


@pytest.fixture
def handed_out() -> dict[str, str]:
    """Tell the story, leave every door half open, and return what was handed out at each of them."""
    cast = Cast()
    plant(cast)
    found = _to_buyers(cast) | _to_staff(cast) | _to_programs(cast)
    deliver_owed()
    assert all(len(secret) >= 8 for secret in found.values()), found
    return found


def _mailed(pattern: str) -> str:
    """Return what a pattern finds in the newest mail that has it."""
    found = (re.search(pattern, str(message.body), re.MULTILINE) for message in reversed(mail.outbox))
    return next(one.group(1) for one in found if one)


def _to_buyers(cast: Cast) -> dict[str, str]:
    invite_contact(actor=cast.rep, room_id=cast.deal.room_id, contact_id=cast.daniel.contact_id)
    token, browser, later = _mailed(r"/room/invitation/([\w-]+)/"), Client(), Client()
    link = f"/room/invitation/{token}/"
    browser.post(link)
    code = _mailed(r"^(\w{4}-\w{4})$")
    browser.post("/room/code/", {"code": code})
    later.post(link)
    invite_contact(actor=cast.rep, room_id=cast.deal.room_id, contact_id=cast.ingrid.contact_id)
    Passkey.objects.all().delete()  # the planted one has no key
    add(cast, Device())
    return {
        "invitation": token,
        "another invitation": _mailed(r"/room/invitation/([\w-]+)/"),
        "used code": code,
        "open code": _mailed(r"^(\w{4}-\w{4})$"),
        "room session": browser.cookies[project.ROOM_COOKIE_NAME].value,
        "room browser": browser.cookies[project.ROOM_BROWSER_COOKIE_NAME].value,
        "another room browser": later.cookies[project.ROOM_BROWSER_COOKIE_NAME].value,
    }


def _to_staff(cast: Cast) -> dict[str, str]:
    user, browser = make_user("Rita Rep", "rep", cast.team), Client()
    user.set_password(PASSWORD)
    user.save()
    browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = browser.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r"<code[^>]*>\s*([A-Z2-7]{16,})", page).group(1)
    right = totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time()))))
    browser.post("/accounts/2fa/totp/activate/", {"code": right})
    on_paper = browser.get("/accounts/2fa/recovery-codes/download/").content.decode().split()
    browser.post("/accounts/email/", {"action_add": "", "email": "rita@elsewhere.example"})
    return {
        "password": PASSWORD,
        "staff session": browser.cookies[project.SESSION_COOKIE_NAME].value,
        "app's key": secret,
        "confirmation of an address": _mailed(r"/accounts/confirm-email/(\S+)/"),
        **{f"recovery code {number}": code for number, code in enumerate(on_paper)},
        **_half_way(cast),
    }


def _half_way(cast: Cast) -> dict[str, str]:
    """Somebody who is setting up the app, and somebody who has opened the link for a new password."""
    setting_up, forgetful = Client(), Client()
    cast.maya.set_password(PASSWORD)
    cast.maya.save()
    setting_up.post("/accounts/login/", {"login": cast.maya.email, "password": PASSWORD})
    setting_up.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = setting_up.get("/accounts/2fa/totp/activate/").content.decode()
    forgetful.post("/accounts/password/reset/", {"email": cast.jonas.email})
    key = _mailed(r"/accounts/password/reset/key/(\S+?)/")
    assert forgetful.get(f"/accounts/password/reset/key/{key}/").status_code == 302
    return {
        "app's key that is not in use yet": re.search(r"<code[^>]*>\s*([A-Z2-7]{16,})", page).group(1),
        "new password": key.partition("-")[2],
        "forgetful session": forgetful.cookies[project.SESSION_COOKIE_NAME].value,
    }


def _to_programs(cast: Cast) -> dict[str, str]:
    _key, secret = create_api_key(actor=SYSTEM, user_id=cast.maya.pk, name="ERP", scopes=list(scopes()))
    api = Caller(secret)
    address = {"url": "https://elsewhere.example/hooks"}
    made = api.post("/webhook-endpoints/", address, **{"Idempotency-Key": "made"}).json()
    turn = {"version": made["version"], "Idempotency-Key": "turned"}
    turned = api.post(f"/webhook-endpoints/{made['id']}/rotate-secret/", **turn).json()
    return {"key": secret, "webhook": made["secret"], "webhook after a rotation": turned["secret"]}


def forms_of(secret: str) -> Iterator[str]:
    """Give the ways in which a secret could be written down without being hidden."""
    for text in (secret, secret.replace("-", ""), secret.removeprefix("whsec_").removeprefix("cg_live_")):
        raw = text.encode()
        yield from (text, raw.hex(), raw.hex().upper())
        for shift in range(3):  # inside a longer text that is written in base64
            inside = base64.b64encode(b"." * shift + raw + b"." * (-(shift + len(raw)) % 3)).decode()
            core = inside[4 if shift else 0 : -4 if (shift + len(raw)) % 3 else None]
            yield from (core, core.replace("+", "-").replace("/", "_"))


def rows() -> Iterator[tuple[str, str]]:
    """Give every row of every table as text; bytes are in hexadecimal, and once more as they are."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            yield from ((table, row) for (row,) in cursor.fetchall())
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND data_type = 'bytea'"
        )
        for table, column in cursor.fetchall():
            cursor.execute(f'SELECT encode("{column}", \'escape\') FROM "{table}" WHERE "{column}" IS NOT NULL')
            yield from ((table, content) for (content,) in cursor.fetchall())


def values() -> Iterator[tuple[str, str]]:
    """Give every key in Redis, with what stands under it."""
    with Redis.from_url(project.REDIS_URL, decode_responses=False) as redis:
        read = {
            b"string": redis.get,
            b"hash": redis.hgetall,
            b"list": lambda key: redis.lrange(key, 0, -1),
            b"set": redis.smembers,
            b"zset": lambda key: redis.zrange(key, 0, -1, withscores=True),
            b"stream": redis.xrange,
        }
        for key in redis.scan_iter("*"):
            yield f"Redis {key!r}", f"{key!r} {read[redis.type(key)](key)!r}"


def test_no_secret_lies_in_the_clear(handed_out: dict[str, str]) -> None:
    places = [*rows(), *values()]
    assert len({table for table, _row in places}) > 50
    found = {
        f"{place}: {name}"
        for name, secret in handed_out.items()
        for form in set(forms_of(secret))
        for place, text in places
        if form in text
    }
    assert not found, "\n".join(sorted(found))


def test_what_would_be_found() -> None:
    secret = "K7QM-4XDR-cg_some-secret"
    for written in (
        secret,
        secret.encode().hex(),
        *(base64.b64encode(b"ab" * n + secret.encode()).decode() for n in range(4)),
    ):
        assert any(form in f"({written},x)" for form in forms_of(secret)), written


def test_recovery_codes_cannot_be_made_from_what_is_stored(handed_out: dict[str, str]) -> None:
    paper = [code for name, code in handed_out.items() if name.startswith("recovery")]
    kept = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES)
    assert len(paper) == 10
    assert paper == kept.wrap().generate_codes()
    with pytest.MonkeyPatch.context() as without_the_key:
        without_the_key.setattr("allauth.mfa.recovery_codes.internal.auth.decrypt", lambda text: text)
        assert not set(paper) & set(kept.wrap().generate_codes())


def test_a_session_is_not_opened_by_what_its_row_holds(handed_out: dict[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_key FROM django_session")
        keys = [key for (key,) in cursor.fetchall()]
    page = f"/deals/?{project.SESSION_COOKIE_NAME}"
    for cookie, gets in [(handed_out["staff session"], 200), *((key, 302) for key in keys)]:
        browser = Client()
        browser.cookies[project.SESSION_COOKIE_NAME] = cookie
        assert browser.get(page).status_code == gets
