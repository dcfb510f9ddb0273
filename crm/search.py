"""What can be found with the search box: kinds of things that each app registers, in the order in which they are shown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.functional import Promise

from crm.rules.search import Query

if TYPE_CHECKING:
    from crm.actors import Actor


@dataclass(frozen=True)
class Found:
    """One thing that was found: what it is called, what tells it from others, and the page it is on."""

    id: UUID
    title: str
    detail: str
    url: str


@dataclass(frozen=True)
class SearchProvider:
    """One kind of thing: `kind` names it over REST, `label` stands above what was found, `scope` is what a key needs.

    `find(actor, query, limit)` returns up to `limit` things, best first. It starts from what the actor may see.
    """

    kind: str
    label: str | Promise
    icon: str
    scope: str
    position: int
    find: Callable[["Actor", Query, int], Sequence[Found]]


_providers: dict[str, SearchProvider] = {}


def register_search(provider: SearchProvider) -> None:
    """Add a kind of thing; its name must be new."""
    if provider.kind in _providers:
        raise ValueError(f"Search kind {provider.kind} is registered twice.")
    _providers[provider.kind] = provider


def search_providers() -> Sequence[SearchProvider]:
    """Return all kinds of things, in order."""
    return sorted(_providers.values(), key=lambda provider: provider.position)
