"""The OpenAPI document: committed, up to date, never narrower than before, and shown without anything from elsewhere."""

import json
import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from crm.api.description import document
from crm.scopes import scopes
from tests.api.caller import BASE

COMMITTED = settings.BASE_DIR / "docs" / "openapi.json"


def breaking_changes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return what a client of `before` could miss in `after`: operations, parameters' freedom, answers' fields."""
    found = []
    for path, operations in before["paths"].items():
        for method, old in operations.items():
            new = after["paths"].get(path, {}).get(method)
            if new is None:
                found.append(f"{method} {path} is gone")
                continue
            found += [f"{method} {path}: {words}" for words in _narrower(old, new)]
    for name, old in before["components"]["schemas"].items():
        new = after["components"]["schemas"].get(name, {"properties": {}})
        if name.endswith("Request"):
            added = set(new.get("required", ())) - set(old.get("required", ()))
            found += [f"{name}.{field} is required now" for field in added]
        gone = set(old.get("properties", ())) - set(new.get("properties", ()))
        found += [f"{name}.{field} is gone" for field in gone]
    return found


def _narrower(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    known = {(one["in"], one["name"]): one for one in old.get("parameters", ())}
    now = {(one["in"], one["name"]): one for one in new.get("parameters", ())}
    found = [f"parameter {name} is gone" for where, name in set(known) - set(now)]
    needed = {key for key, one in now.items() if one.get("required")}
    found += [f"parameter {key[1]} is required now" for key in needed if not known.get(key, {}).get("required")]
    good = {status for status in old["responses"] if status.startswith("2")}
    return found + [f"answers no {status} any more" for status in good - set(new["responses"])]


@pytest.mark.slow
def test_the_committed_copy_is_this_release() -> None:
    committed, present = json.loads(COMMITTED.read_text()), json.loads(document())
    assert not breaking_changes(committed, present), "Within v1 nothing goes away."
    assert committed == present, "Run `manage.py write_openapi` and read what changed."


@pytest.mark.slow
def test_breaking_changes_are_found() -> None:
    before, after = json.loads(document()), json.loads(document())
    del after["paths"]["/api/v1/deals/"]["post"]
    after["paths"]["/api/v1/deals/"]["get"]["parameters"].pop()
    del after["components"]["schemas"]["DealAnswer"]["properties"]["title"]
    after["components"]["schemas"]["DealOpeningRequest"]["required"].append("close_on")
    found = " ".join(breaking_changes(before, after))
    for words in ("post /api/v1/deals/ is gone", "parameter", "DealAnswer.title is gone", "close_on is required"):
        assert words in found


@pytest.mark.slow
def test_every_operation_says_what_it_needs() -> None:
    described = json.loads(document())
    known = set(scopes())
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            assert operation["operationId"], path
            assert operation["security"] == [{"key": []}, {"session": []}], path
            named = re.findall(r"scope `([^`]+)`", json.dumps(operation["responses"]))
            assert path.endswith("/content/") or set(named) & known, f"{method} {path}"


@pytest.mark.slow
def test_it_is_served_to_everybody(db: None) -> None:
    answer = Client().get(f"{BASE}/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["openapi"].startswith("3.1")


@pytest.mark.django_db
def test_the_page_needs_nothing_from_elsewhere() -> None:
    answer = Client().get(f"{BASE}/docs/")
    page = answer.content.decode()
    addresses = re.findall(r'(?:src|href|data-description)="([^"]+)"', page)
    assert addresses
    assert all(address.startswith("/") for address in addresses)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "http" not in policy
    assert "unsafe-eval" not in policy
    assert "script-src 'self'" in policy
    other = Client().get("/accounts/login/")["Content-Security-Policy"]
    assert "unsafe-inline" not in other
