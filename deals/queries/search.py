"""Finding deals by their title and their client, and what is written in their sections by its words."""

from typing import Any

from django.urls import reverse

from crm.actors import Actor
from crm.queries.organization import organizations_named
from crm.queries.search import CANDIDATES, named, worded
from crm.rules.search import Query, excerpt, fit
from crm.search import Found
from deals.models import Criterion, Deal, DealStatus, ProblemStatement, SectionKind
from deals.models.criterion import CRITERION_WORDS
from deals.models.problem import STATEMENT_WORDS

CLIENTS = 20
"""Clients at most whose deals are looked at."""
_SHOWS = ("title", "stage__name", "status")


def find_deals(actor: Actor, query: Query, limit: int) -> list[Found]:
    """Return deals whose title fits, or whose client's name does, or both together: newest first where they fit alike.

    A key that may not read clients finds deals by their title alone.
    """
    deals = Deal.objects.visible_to(actor)
    shows: tuple[str, ...] = _SHOWS
    rows: list[dict[str, Any]] = []
    if actor.has_scope("contacts:read"):
        shows = (*_SHOWS, "organization__name")
        clients = [row["pk"] for row in organizations_named(actor, query, CLIENTS)]
        of_clients = deals.filter(organization__in=clients).order_by("-updated_at", "-pk")
        rows += of_clients.values("pk", *shows)[:CANDIDATES] if clients else []
    rows += named([(deals, "title")], query, limit, shows)
    once = {row["pk"]: row for row in rows}
    best = sorted(once.values(), key=lambda row: fit(_name(row), query))[:limit]
    return [Found(row["pk"], _name(row), _detail(row), reverse("deals:deal", args=[row["pk"]])) for row in best]


def find_statements(actor: Actor, query: Query, limit: int) -> list[Found]:
    """Return statements of problems with these words, newest first."""
    rows = ProblemStatement.objects.visible_to(actor).select_related("section__deal")
    return [
        Found(row.pk, excerpt(row.text, query), row.section.deal.title, _place(row, SectionKind.PROBLEM))
        for row in worded(rows, STATEMENT_WORDS, query, limit)
    ]


def find_criteria(actor: Actor, query: Query, limit: int) -> list[Found]:
    """Return success criteria with these words, newest first."""
    rows = Criterion.objects.visible_to(actor).select_related("section__deal")
    return [
        Found(row.pk, row.title, row.section.deal.title, _place(row, SectionKind.CRITERIA))
        for row in worded(rows, CRITERION_WORDS, query, limit)
    ]


def _name(row: dict[str, Any]) -> str:
    return ": ".join(filter(None, (row.get("organization__name"), row["title"])))


def _detail(row: dict[str, Any]) -> str:
    if row["status"] == DealStatus.OPEN:
        return str(row["stage__name"])
    return str(DealStatus(row["status"]).label)


def _place(row: ProblemStatement | Criterion, kind: SectionKind) -> str:
    return f"{reverse('deals:section', args=[row.section.deal_id, kind])}#row-{row.pk}"
