"""What somebody looks at: a view as an address asks for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from crm.actors import Actor
from crm.errors import Invalid, NotFound
from crm.models import View
from crm.queries.filter import read_filter
from crm.queries.organization import searched
from crm.queries.record import CUSTOM, Fields, fields_of
from crm.queries.view import views
from crm.record_kinds import RecordKind
from crm.rules.filter import Group, to_json

MOST_COLUMNS = 30
_OF_THE_MOMENT = ("cursor", "count", "more", "month", "edit", "field", "op", "value", "period", "apply")
"""What an address says about one moment and not about the view."""


@dataclass(frozen=True)
class Look:
    """What somebody looks at: `view` as it is shown (not saved), and `saved`, the one it began from.

    `views` are all saved ones. `fault` says why the filter of the address cannot be read; nothing is shown then.
    """

    kind: RecordKind
    fields: Fields
    view: View
    saved: View | None
    views: Sequence[View]
    q: str
    query: QueryDict
    fault: Invalid | None = None

    @property
    def is_changed(self) -> bool:
        """Whether it is another view than the saved one it began from."""
        return self.saved is not None and self.view.says != self.saved.says

    def address(self, **changes: Any) -> str:
        """Return the address of the same view with other parameters; None takes one out."""
        return address_of(self.kind, self.query, **changes)


def address_of(kind: RecordKind, query: QueryDict, **changes: Any) -> str:
    """Return the address of a list: `query` with `changes`, short enough to be read and passed on."""
    kept = {name: query[name] for name in query if name not in _OF_THE_MOMENT}
    wanted = {name: value for name, value in (kept | changes).items() if value is not None}
    text = "&".join(f"{name}={quote(str(value), safe=':;,()-._~')}" for name, value in wanted.items())
    return f"{reverse(kind.url_name)}?{text}" if text else reverse(kind.url_name)


def look_at(request: HttpRequest, actor: Actor, kind: RecordKind) -> Look:
    """Read what the address asks for, beginning from the saved view it names or the one the actor begins in.

    Raises `NotFound` for a saved view that is not there for the actor.
    """
    query = request.GET
    kept = list(views(actor, kind.name))
    saved = _saved(query, kept)
    if saved and not query:
        query = QueryDict(f"view={saved.pk}")
    form = _one_of(query.get("form") or (saved.form if saved else ""), kind.forms)
    fields = fields_of(actor, kind, custom=form == "table" or _names_custom(query, saved))
    group, fault = _group(query, kind, fields, saved)
    view = View(
        kind=kind.name,
        form=form,
        filter=to_json(group),
        columns=_columns(query, saved),
        sort=query.get("sort") or (saved.sort if saved else "") or kind.sort,
        owner=actor.user,
    )
    return Look(kind, fields, view, saved, kept, searched(query.get("q", "")), query, fault)


def _saved(query: QueryDict, saved: Sequence[View]) -> View | None:
    """Return the view the address names; without any address the one somebody begins in. Raises `NotFound`."""
    if not query:
        return next((one for one in saved if getattr(one, "is_default", False)), None)
    if "view" not in query:
        return None
    found = next((one for one in saved if str(one.pk) == query["view"]), None)
    if found is None:
        raise NotFound
    return found


def _names_custom(query: QueryDict, saved: View | None) -> bool:
    """Whether custom fields may be named: on a board they are looked up only then."""
    return "edit" in query or CUSTOM in query.get("where", "") or (saved is not None and CUSTOM in saved.where)


def _group(query: QueryDict, kind: RecordKind, fields: Fields, saved: View | None) -> tuple[Group, Invalid | None]:
    usual = saved.where if saved else "" if query.get("q") else kind.standard[0][1]
    try:
        return read_filter(query.get("where", usual), fields), None
    except Invalid as fault:
        return Group(), fault


def _columns(query: QueryDict, saved: View | None) -> list[str]:
    if "columns" in query:
        return [name[:80] for name in str(query["columns"]).split(",")[:MOST_COLUMNS] if name]
    return list(saved.columns) if saved else []


def _one_of(name: str, allowed: tuple[str, ...]) -> str:
    return name if name in allowed else allowed[0]


def column_address(request: HttpRequest, kind: RecordKind) -> str | None:
    """Return where choosing columns leads to; None when no columns were chosen."""
    chosen = request.GET.getlist("column")
    if not chosen:
        return None
    kept = request.GET.copy()
    kept.pop("column")
    return address_of(kind, kept, columns=",".join(chosen[:MOST_COLUMNS]))
