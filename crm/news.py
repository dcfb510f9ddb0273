"""What is news to whom: the kinds of things that somebody of ours is told of, and can switch off. Apps add theirs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.functional import Promise

if TYPE_CHECKING:
    from crm.actors import Actor
    from crm.models import Event

Recipients = Callable[["Event"], Iterable[UUID]]
Link = Callable[["Actor", "Event"], str]


def _nobody(_event: "Event") -> Iterable[UUID]:
    return ()


@dataclass(frozen=True)
class NewsKind:
    """One kind of news. `types` are the events it tells of, `to` whom (ids of users), `link` where it leads ("": the deal).

    `asks`: somebody asks the person for something, or they asked for it themselves. Then a mail leaves at once, sent by a
    consumer of its own; everything else waits for the digest. A kind without types stands in the digest alone.
    """

    name: str
    label: str | Promise
    types: tuple[str, ...] = ()
    to: Recipients = _nobody
    link: Link | None = None
    asks: bool = False


_kinds: dict[str, NewsKind] = {}
_by_type: dict[str, list[NewsKind]] = {}


def register_news(kind: NewsKind) -> None:
    """Add a kind; its name must be new. Of two kinds that tell one person of the same event, the one added first counts."""
    if kind.name in _kinds:
        raise ValueError(f"News kind {kind.name} is registered twice.")
    _kinds[kind.name] = kind
    for type in kind.types:
        _by_type.setdefault(type, []).append(kind)


def news_kinds() -> tuple[NewsKind, ...]:
    """Return all kinds, those that ask for something first."""
    return tuple(sorted(_kinds.values(), key=lambda kind: not kind.asks))


def news_kind(name: str) -> NewsKind | None:
    """Return the kind called `name`, None for one that is gone."""
    return _kinds.get(name)


def kinds_of(type: str) -> tuple[NewsKind, ...]:
    """Return the kinds that tell of events of this type."""
    return tuple(_by_type.get(type, ()))


def news_types() -> frozenset[str]:
    """Return the types of events that are news to somebody."""
    return frozenset(_by_type)
