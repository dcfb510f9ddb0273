"""`manage.py create_api_key`: the key is printed once, alone on standard output."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from crm.models import ApiKey
from crm.queries.api_key import key_of_secret
from crm.scopes import scopes
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def make(*arguments: str) -> str:
    out = StringIO()
    call_command("create_api_key", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue().strip()


def test_all_or_some_scopes() -> None:
    maya = Cast().maya
    every = key_of_secret(make("--user", "MAYA@nordlicht.example", "--scopes", "all"))
    some = key_of_secret(
        make("--user", maya.email, "--scopes", "deals:read, success:write", "--days", "7", "--name", "BI")
    )
    assert set(every.scopes) == set(scopes())
    assert (some.scopes, some.name, every.expires_at) == (["deals:read", "success:write"], "BI", None)


@pytest.mark.parametrize(
    ("user", "wanted", "days"),
    [("nobody@x.example", "all", "1"), ("", "everything", "1"), ("", "", "1"), ("", "all", "0")],
)
def test_refusals(user: str, wanted: str, days: str) -> None:
    maya = Cast().maya
    with pytest.raises(CommandError):
        make("--user", user or maya.email, "--scopes", wanted, "--days", days)
    assert not ApiKey.objects.exists()
