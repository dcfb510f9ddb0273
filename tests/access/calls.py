"""What a call of a route looks like: its address with real ids, and a body that could be taken."""

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile

from crm.clock import now
from tests.access.kinds import Person
from tests.architecture.routes import Route

READING = ("GET", "HEAD")
WRITING = ("POST", "PUT", "PATCH", "DELETE")
API = "/api/v1/"
_PARTS = re.compile(r"<(?:\w+:)?(\w+)>")

# The same name in an address stands for different things.
MEANS = {
    "crm:access_request": {"request_id": "access_request"},
    "room:confirm_address": {"token": "address_token"},
    "crm:vouch_for_address": {"contact_id": "moved_contact"},
    "room:withdraw_request": {"request_id": "access_request"},
    "api:access-request": {"request_id": "access_request"},
    "api:access-request-approve": {"request_id": "access_request"},
    "api:access-request-decline": {"request_id": "access_request"},
    "room:handed_over": {"request_id": "data_request"},
    "room:withdraw_data_request": {"request_id": "data_request"},
    "crm:data_request": {"request_id": "data_request"},
    "api:contact-vouch": {"contact_id": "moved_contact"},
    "api:contact-restore": {"contact_id": "archived_contact"},
    "api:organization-restore": {"organization_id": "archived_organization"},
    "api:deal-restore": {"deal_id": "archived_deal"},
    "room:take_out": {"attachment_id": "their_attachment"},
    "api:data-request": {"request_id": "data_request"},
    "api:data-request-grant": {"request_id": "data_request"},
    "api:data-request-erase": {"request_id": "data_request"},
    "api:data-request-decline": {"request_id": "data_request"},
    "handoff:answer": {"question_id": "item_question"},
    "api:item-question": {"question_id": "item_question"},
    "api:item-question-answer": {"question_id": "item_question"},
    "deals_room:row": {"row_id": "statement_id"},
    "deals:comment": {"row_id": "statement_id"},
    "crm:cell": {"row_id": "deal_id"},
}
# What a form names in place of the address.
IN_FORM = {"crm:writing": "room_id", "api:consents": "room_id", "api:consents-record": "room_id"}
# Words in addresses, which stand for no row.
WORDS = {"kind": "problem", "record_kind": "deal", "field_name": "title", "gate": "must_have_measurable", "number": "1"}
VERBS = {
    "room:comment_state": "resolve",
    "crm:comment_state": "resolve",
    "crm:contact_state": "archive",
    "deals:pipeline_state": "archive",
    "deals:stage_state": "later",
    "crm:user_state": "deactivate",
    "crm:custom_field_state": "archive",
    "crm:task_state": "complete",
    "crm:api_key_state": "end",
    "crm:webhook_state": "pause",
    "room:turn": "withdraw",
    "room:recorded": "confirm",
}
PLAIN = {"api:none": "/api/v1/nothing/"}

FORM = {
    **dict.fromkeys(("body", "text", "note", "reason", "words", "sentence", "benefit", "ground", "source"), "Words."),
    **dict.fromkeys(("title", "subject"), "Words"),
    "name": "Somebody",
    "level": "met",
    "evidence": "Words.",
    "confirmed_name": "Ingrid Solberg",
    "email": "somebody@elsewhere.example",
    "url": "https://x.example/",
    "version": "1",
    "type": "note",
    "part": "causes",
    "value": "95",
    "field": "archived",
    "kind": "access",
    "settle": "yes",
    "answer": "agreed",
    "do": "approve",
    "shown": "no",
    "welcome": "on",
    "status": "no_deal",
    "side": "buyer",
    "about": "problem",
    "section": "criteria",
    "channel": "phone",
    "currency": "USD",
    "days": "3",
    "since": "2026-01-01T09:00",
    "scopes": "deals:read",
}
"""Fields that forms take; each form picks its own."""

_SOON = str(now().date() + timedelta(days=30))
BODIES: dict[str, dict[str, Any]] = {
    "api:contact-merge": {"merged": "=second_contact", "merged_version": 1},
    "api:organization-merge": {"merged": "=second_organization", "merged_version": 1},
    "crm:merge_contact": {"other": "=second_contact", "other_version": "1"},
    "api:contacts-bulk": {"rows": [{"name": "Somebody"}]},
    "api:deals-bulk": {"rows": [{"id": "=deal_id", "version": 1, "title": "Words"}]},
    "api:views": {"kind": "deal", "name": "Words"},
    "api:exports": {"kind": "contacts"},
    "api:exchange-rates": {"currency": "EUR", "on": "2026-02-01", "rate": "1.1"},
    "api:import-columns": {"mapping": {"0": "name", "1": "email"}},
    "api:import-read-as": {"source": "file"},
    "deals:import_columns": {"column-0": "name", "column-1": "email"},
    "deals:import_source": {"source": "file", "encoding": "utf-8-sig", "delimiter": ","},
    "api:deal-pause": {"until": _SOON},
    "api:pipelines": {"name": "Words", "like": "=pipeline_id"},
    "api:task": {"title": "Words"},
}
"""What calls carry to which the one body for all says nothing; `=` stands before the name of a row."""


@dataclass(frozen=True)
class Cell:
    """One call by one person."""

    route: Route
    method: str
    person: Person

    def __str__(self) -> str:
        return f"{self.method} {self.route.key} as {self.person.name}"


def names_of(cell: Cell) -> list[str]:
    """Return the names of the rows in the address, and of what a form names in its place; words stand for none."""
    route = cell.route
    means = MEANS.get(route.key, {})
    names = (means.get(name, name) for name in _PARTS.findall(route.pattern))
    in_form = [IN_FORM[route.key]] if route.key in IN_FORM and cell.method in WRITING else []
    return [name for name in names if name not in ("gate", "number", "verb", "record_kind", "field_name")] + in_form


def path_of(route: Route, ids: dict[str, Any]) -> str:
    """Return a route's address with real ids. Raises `KeyError` for a name that nobody has said what it stands for."""
    if route.key in PLAIN:
        return PLAIN[route.key]
    means = MEANS.get(route.key, {})

    def value(found: re.Match[str]) -> str:
        name = found.group(1)
        if name == "verb":
            return VERBS[route.key]
        return str(WORDS.get(name) or ids[means.get(name, name)])

    return "/" + _PARTS.sub(value, route.pattern)


def send(cell: Cell, path: str, ids: dict[str, Any]) -> Any:
    """Make the call, with a body that could be taken."""
    extra: dict[str, Any] = {"headers": dict(cell.person.headers)}
    if cell.method in WRITING:
        if path.startswith(API):
            extra |= _json(cell, ids)
        else:
            extra |= {"data": _form(ids) | _own(cell, ids)} if cell.method == "POST" else {}
    return getattr(cell.person.client, cell.method.lower())(path, **extra)


def _form(ids: dict[str, Any]) -> dict[str, Any]:
    """Return one body for every form of the pages."""
    rows = {name: str(ids[of]) for name, of in {"contact": "contact_id", "organization": "organization_id"}.items()}
    rows |= {"place": str(ids["statement_id"]), "revision": str(ids["revision_id"]), "to_stage": str(ids["stage_id"])}
    return (
        FORM
        | rows
        | {
            "owner": str(ids["user_id"]),
            "user": str(ids["user_id"]),
            "person": str(ids["user_id"]),
            "room": str(ids["room_id"]),
            "other": str(ids["twin"]),
            "other_version": "1",
        }
    )


def _json(cell: Cell, ids: dict[str, Any]) -> dict[str, Any]:
    """Return what the description says a call takes, with `If-Match` for the first version."""
    shape = _bodies().get((cell.method, _PARTS.sub("{}", "/" + cell.route.pattern)))
    extra: dict[str, Any] = {"headers": {"If-Match": '"1"', **cell.person.headers}}
    if cell.route.key in BODIES and cell.method != "DELETE":
        return extra | {"data": json.dumps(_own(cell, ids)), "content_type": "application/json"}
    if shape and "multipart/form-data" in shape:
        return extra | {"data": _value("", shape["multipart/form-data"]["schema"], ids)}
    body = _value("", shape["application/json"]["schema"], ids) if shape else {}
    return extra | {"data": json.dumps(body), "content_type": "application/json"}


def _own(cell: Cell, ids: dict[str, Any]) -> Any:
    """Return the body that a route has to itself, with the ids of its rows."""

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: filled(one) for name, one in value.items()}
        if isinstance(value, list):
            return [filled(one) for one in value]
        return str(ids[value[1:]]) if isinstance(value, str) and value.startswith("=") else value

    return filled(BODIES.get(cell.route.key, {}))


@cache
def _described() -> dict[str, Any]:
    described: dict[str, Any] = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text())
    return described


@cache
def _bodies() -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method.upper(), re.sub(r"\{\w+\}", "{}", path)): operation["requestBody"]["content"]
        for path, operations in _described()["paths"].items()
        for method, operation in operations.items()
        if "requestBody" in operation
    }


def _value(name: str, schema: dict[str, Any], ids: dict[str, Any]) -> Any:
    """Return a value that a schema takes; of an object what is required, or its first field where nothing is."""
    if "$ref" in schema:
        return _value(name, _described()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], ids)
    if "enum" in schema:
        return FORM[name] if FORM.get(name) in schema["enum"] else schema["enum"][0]
    kind = schema.get("type", "string")
    match kind if isinstance(kind, str) else kind[0]:
        case "object":
            fields = schema.get("properties", {})
            if name == "subjects":
                return {"kind": "problem", "deal": str(ids["deal_id"])}
            if not fields:  # any keys at all
                return {}
            wanted = list(schema.get("required", []))
            wanted += ["contact"] if {"side", "contact", "place"} <= set(fields) else []  # one of the two, by a rule
            wanted = wanted or [next((one for one in fields if one in FORM), next(iter(fields)))]
            return {one: _value(one, fields[one], ids) for one in wanted}
        case "array":
            return [_value(name, schema["items"], ids)]
        case "boolean":
            return True
        case "integer":
            return 1
    return _text(name, schema, ids)


def _text(name: str, schema: dict[str, Any], ids: dict[str, Any]) -> Any:
    match schema.get("format"):
        case "uuid":
            return str(ids.get(name) or ids.get(f"{name}_id") or ids["user_id"])
        case "date-time":
            return now().isoformat()
        case "date":
            return now().date().isoformat()
        case "binary":
            return ContentFile(b"Words.", name="words.txt")
    return "95" if "pattern" in schema else FORM.get(name, "Words")
