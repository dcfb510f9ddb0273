"""Staff: made, changed, let go; and their keys."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from crm.actions.api_key import create_api_key, revoke_api_key
from crm.actions.team import create_team
from crm.actions.user import change_user, create_user, deactivate_user, reactivate_user
from crm.actors import SYSTEM, as_key, as_user
from crm.errors import Invalid, NotAllowed, NotFound, Refused, Stale
from crm.models import ApiKey, User
from crm.rules.api_key import key_hash
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return Cast()


def test_a_colleague_is_made_without_a_password(cast: Cast) -> None:
    user = create_user(
        actor=as_user(cast.admin),
        values={"email": "New@Nordlicht.example", "name": "New One", "role": "rep", "team": str(cast.team.pk)},
    )
    assert (user.email, user.team, user.has_usable_password()) == ("new@nordlicht.example", cast.team, False)


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"email": "MAYA@nordlicht.example", "name": "x"}, "email", "taken"),
        ({"email": "a@b.example", "name": "x", "role": "king"}, "role", "not_a_choice"),
        ({"email": "a@b.example", "name": "x", "team": "no"}, "team", "unknown"),
        ({"email": "a@b.example", "name": "x", "is_superuser": True}, "is_superuser", "unknown"),
    ],
)
def test_bad_words_are_told_at_their_field(cast: Cast, values: dict, field: str, code: str) -> None:
    assert cast.maya
    with pytest.raises(Invalid) as error:
        create_user(actor=as_user(cast.admin), values=values)
    assert [(fault.field, fault.code) for fault in error.value.faults] == [(field, code)]


def test_only_administrators(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        change_user(actor=cast.rep, user_id=cast.maya.pk, version=1, values={"role": "admin"})
    with pytest.raises(NotAllowed):
        deactivate_user(actor=cast.buyer, user_id=cast.maya.pk, version=1)


def test_leaving_ends_sessions_and_keys(cast: Cast) -> None:
    browser, other = Client(), Client()
    browser.force_login(cast.maya)
    other.force_login(cast.jonas)
    key, _secret = create_api_key(actor=cast.rep, user_id=cast.maya.pk, name="x", scopes=["deals:read"])
    deactivate_user(actor=as_user(cast.admin), user_id=cast.maya.pk, version=1)
    assert Session.objects.count() == 1
    key.refresh_from_db()
    assert key.revoked_at is not None
    back = reactivate_user(actor=as_user(cast.admin), user_id=cast.maya.pk, version=2)
    assert back.is_active
    assert "_auth_user_id" not in browser.session


def test_the_last_administrator_stays(cast: Cast) -> None:
    admin = as_user(cast.admin)
    with pytest.raises(Refused):
        deactivate_user(actor=admin, user_id=cast.admin.pk, version=1)
    with pytest.raises(Refused):
        change_user(actor=admin, user_id=cast.admin.pk, version=1, values={"role": "rep"})
    change_user(actor=admin, user_id=cast.jonas.pk, version=1, values={"role": "admin"})
    assert not deactivate_user(actor=admin, user_id=cast.admin.pk, version=1).is_active


def test_stale(cast: Cast) -> None:
    admin = as_user(cast.admin)
    change_user(actor=admin, user_id=cast.maya.pk, version=1, values={"title": "AE"})
    with pytest.raises(Stale):
        change_user(actor=admin, user_id=cast.maya.pk, version=1, values={"title": "Boss"})


def test_a_key_is_shown_once_and_stored_as_its_hash(cast: Cast) -> None:
    key, secret = create_api_key(actor=SYSTEM, user_id=cast.maya.pk, name="ERP", scopes=["deals:read"], days=30)
    assert secret.startswith("cg_live_")
    assert len(secret) >= 8 + 43
    assert key.key_hash == key_hash(secret)
    assert secret not in str(ApiKey.objects.filter(pk=key.pk).values().get())
    assert (key.expires_at - key.created_at).days == 30


def test_keys_are_made_by_their_owner(cast: Cast) -> None:
    admin = as_user(cast.admin)
    with pytest.raises(NotAllowed):
        create_api_key(actor=admin, user_id=cast.maya.pk, name="x", scopes=["deals:read"])
    key, _ = create_api_key(actor=cast.rep, user_id=cast.maya.pk, name="x", scopes=["admin"])
    with pytest.raises(NotAllowed):
        create_api_key(actor=as_key(key), user_id=cast.maya.pk, name="y", scopes=["deals:read"])
    with pytest.raises(NotAllowed):
        create_team(actor=as_key(key), name="Taken over")
    for scopes, days in ((["all"], None), ([], None), (["deals:read"], 0)):
        with pytest.raises(Invalid):
            create_api_key(actor=cast.rep, user_id=cast.maya.pk, name="x", scopes=scopes, days=days)
    with pytest.raises(NotFound):
        revoke_api_key(actor=as_user(cast.colleague), key_id=key.pk)
    assert revoke_api_key(actor=admin, key_id=key.pk).revoked_at is not None
    assert User.objects.count() == 3
