"""Lists: allow-listed filters, sorting and expansion, and pages by a cursor that stays stable under inserts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.authentication import actor_of
from crm.api.fields import Shape
from crm.api.formats import fault_in_text
from crm.errors import Invalid, NotFound
from crm.limits import take_search
from crm.models import View
from crm.queries.filter import filtered, read_filter
from crm.queries.paging import PLACE, Page, page_in_order, page_of
from crm.queries.record import fields_of
from crm.queries.view import get_view, in_order
from crm.record_kinds import record_kind
from crm.rules.filter import SEARCHING, to_json

DEFAULT_LIMIT, MOST = 50, 100
LONGEST = 500
"""Characters of a parameter at most."""


@dataclass(frozen=True)
class Filter:
    """One parameter that narrows a list: `kind` is id, text, time, day, number, yes_no (no_yes: turned round) or search.

    Any of `lookups` may fit; without any it is the column called like the parameter.
    """

    name: str
    kind: str = "text"
    lookups: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()

    def condition(self, words: str) -> Q:
        """Return the condition for the parameter's value. Raises `Invalid`."""
        value = read_value(self.name, self.kind, words)
        if self.choices and value not in self.choices:
            raise _wrong(self.name, _("Choose one of: %(all)s.") % {"all": ", ".join(self.choices)}, "not_a_choice")
        found = Q()
        for lookup in self.lookups or (self.name,):
            found |= Q(**{lookup: value})
        return found


@dataclass(frozen=True)
class Listing:
    """What one list offers. `sorts` are columns that are never null; the first is the default order.

    A list of a `kind` of record takes the filters (`where`) and saved views (`view`) of its tables too.
    """

    shape: Shape
    filters: tuple[Filter, ...] = ()
    sorts: tuple[str, ...] = ("-created_at",)
    expand: tuple[str, ...] = ()
    kind: str = ""

    @property
    def parameters(self) -> frozenset[str]:
        """The names of all parameters that the list takes."""
        own = {"limit", "cursor", "count", "sort"} | {one.name for one in self.filters}
        return frozenset(own | ({"expand"} if self.expand else set()) | ({"where", "view"} if self.kind else set()))


def read_parameters(request: Request, allowed: frozenset[str]) -> dict[str, str]:
    """Return the parameters of the address. Raises `Invalid` naming each unknown, repeated or unreadable one."""
    found = {}
    for name, values in request.query_params.lists():
        if name not in allowed:
            shown = name.encode("utf-8", "replace").decode()[:100]
            raise _wrong(shown, _("There is no parameter “%(name)s” here.") % {"name": shown}, "unknown")
        if len(values) > 1:
            raise _wrong(name, _("Give this once."), "repeated")
        if len(values[0]) > LONGEST or fault_in_text(values[0]):
            raise _wrong(name, _("This cannot be read."), "invalid")
        found[name] = values[0]
    return found


def read_expand(parameters: dict[str, str], allowed: Sequence[str]) -> tuple[str, ...]:
    """Return what to expand, with the way there (`owner.team` expands `owner` too). Raises `Invalid` for anything else."""
    named = [one for one in parameters.get("expand", "").split(",") if one]
    for one in named:
        if one not in allowed:
            words = _("“%(name)s” cannot be expanded. Choose from: %(all)s.")
            raise _wrong("expand", words % {"name": one[:100], "all": ", ".join(allowed)}, "not_a_choice")
    return tuple(dict.fromkeys(part for one in named for part in (one.split(".")[0], one)))


def page(request: Request, listing: Listing, rows: QuerySet[Any]) -> Response:
    """Answer with one page of `rows`, which the actor may see already. `related` rows are joined, never asked one by one."""
    parameters = read_parameters(request, listing.parameters)
    for one in listing.filters:
        if one.name in parameters:
            if one.kind == "search":
                take_search(actor_of(request))
            rows = rows.filter(one.condition(parameters[one.name]))
    view = _view(request, listing, parameters)
    if view is not None:
        rows = _of_view(request, view, parameters, rows)
    expand = read_expand(parameters, listing.expand)
    total = rows.count() if _wants_count(parameters) else None
    if joined := list(_joined(listing.shape, expand)):
        rows = rows.select_related(*joined)
    sort = view.sort if view and view.sort and "sort" not in parameters else _sort(parameters, listing.sorts)
    some = _some(rows, sort, parameters.get("cursor", ""), _limit(parameters))
    body = {
        "data": listing.shape(some.rows, many=True, context={"expand": expand, "request": request}).data,
        "has_more": bool(some.next_cursor),
        "next_cursor": f"{sort}.{some.next_cursor}" if some.next_cursor else None,
    }
    return Response(body if total is None else {**body, "count": total}, headers={"Cache-Control": "no-store"})


def _joined(shape: Any, expand: Sequence[str]) -> Iterator[str]:
    """Return what is read along with the rows: what is expanded, and what a shape always shows of related rows (`joined`)."""
    yield from getattr(shape, "joined", ())
    for name, inner in shape._declared_fields.items():
        if name in expand:
            deeper = [path.removeprefix(f"{name}.") for path in expand if path.startswith(f"{name}.")]
            yield name
            yield from (f"{name}__{one}" for one in _joined(inner.shape, deeper))


def _view(request: Request, listing: Listing, parameters: dict[str, str]) -> View | None:
    """Return what `view` and `where` ask for as one view; None when neither is there. Raises `Invalid`, `NotFound`."""
    if not {"view", "where"} & set(parameters):
        return None
    actor = actor_of(request)
    view = View(kind=listing.kind)
    if "view" in parameters:
        view = get_view(actor, read_value("view", "id", parameters["view"]))
        if view.kind != listing.kind:
            raise NotFound
    if "where" in parameters:
        try:
            view.filter = to_json(read_filter(parameters["where"], fields_of(actor, record_kind(listing.kind))))
        except Invalid as error:
            raise Invalid.field("?where", error.message, code=error.faults[0].code) from error
    return view


def _of_view(request: Request, view: View, parameters: dict[str, str], rows: QuerySet[Any]) -> QuerySet[Any]:
    """Narrow rows by the filter of a view; in its order unless the address says another."""
    actor, kind = actor_of(request), record_kind(view.kind)
    fields = fields_of(actor, kind)
    if any(one.op in SEARCHING for one in view.group.conditions):
        take_search(actor)
    found = filtered(actor, rows, view.group, fields)
    return in_order(found, view.sort, fields) if view.sort and "sort" not in parameters else found


def read_value(name: str, kind: str, words: str) -> Any:
    """Return a parameter's value as its kind. Raises `Invalid`."""
    try:
        match kind:
            case "id":
                return UUID(words)
            case "time":
                return _instant(words)
            case "day":
                return date.fromisoformat(words)
            case "number":
                return _whole(words)
            case "yes_no":
                return {"true": True, "false": False}[words]
            case "no_yes":
                return {"true": False, "false": True}[words]
    except (ValueError, KeyError) as error:
        raise _wrong(name, _("This cannot be read as what it should be."), "invalid") from error
    return words


def _instant(words: str) -> datetime:
    at = datetime.fromisoformat(words.replace(" ", "+"))
    if at.tzinfo is None or not 1900 <= at.year < 2200:
        raise ValueError(words)
    return at.astimezone(UTC)


def _whole(words: str) -> int:
    if not words.isascii() or not words.isdigit() or len(words) > 18:
        raise ValueError(words)
    return int(words)


def _wants_count(parameters: dict[str, str]) -> bool:
    if parameters.get("count", "exact") != "exact":
        raise _wrong("count", _("Only “exact” counts."), "not_a_choice")
    return "count" in parameters


def _limit(parameters: dict[str, str]) -> int:
    words = parameters.get("limit", str(DEFAULT_LIMIT))
    limit = int(words) if words.isascii() and words.isdigit() and len(words) <= 4 else 0
    if not 1 <= limit <= MOST:
        raise _wrong("limit", _("From 1 to %(most)s.") % {"most": MOST}, "out_of_range")
    return limit


def _sort(parameters: dict[str, str], sorts: tuple[str, ...]) -> str:
    sort = parameters.get("sort", sorts[0])
    either_way = {one.lstrip("-") for one in sorts}
    if sort.removeprefix("-") not in either_way:
        words = _("Sort by one of: %(all)s; with “-” for the other way round.")
        raise _wrong("sort", words % {"all": ", ".join(sorted(either_way))}, "not_a_choice")
    return sort


def _some(rows: QuerySet[Any], sort: str, cursor: str, limit: int) -> Page[Any]:
    """Return a page ordered by `sort`, ties by id. A cursor leads on only in the order that it was made for."""
    minus = "-" if sort.startswith("-") else ""
    by = (sort, f"{minus}id") if sort.lstrip("-") != "id" else (sort,)
    made_for, _dot, place = cursor.rpartition(".")
    if cursor and (made_for != sort or not place):
        raise _wrong("cursor", _("This cursor is not from this list in this order."), "invalid")
    try:
        if rows.query.annotations.get(PLACE):
            return page_in_order(rows, place, limit=limit)
        return page_of(rows, place, by=by, limit=limit)
    except Invalid as error:
        raise _wrong("cursor", error.message, "invalid") from error


def _wrong(name: str, words: Any, code: str) -> Invalid:
    return Invalid.field(f"?{name}", words, code=code)
