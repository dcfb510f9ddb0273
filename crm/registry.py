"""What an app plugs into the ground or into the app below. Filled once, from `AppConfig.ready`, never at run time.

The ground asks "what consent kinds are there?", "who reacts to `deal.won`?" and never learns which app answered.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.functional import Promise

from crm.errors import NotFound

if TYPE_CHECKING:
    from django.db.models import Exists, QuerySet

    from crm.actors import Actor
    from crm.models import Contact, Event, Organization, Participant, Question, Room
    from crm.personal_data.person import Person


@dataclass(frozen=True)
class Snapshot:
    """What a subject says now: canonical `content`, its `schema` number and SHA-256 `content_hash`."""

    content: dict[str, Any]
    schema: int
    content_hash: str


@dataclass(frozen=True)
class Line:
    """One line of a snapshot as people read it: `key` is the same for the same line of another snapshot."""

    key: str
    label: str | Promise
    text: str


@dataclass(frozen=True)
class ConsentKind:
    """Something that needs a yes: a section, a stage move, a brief, a reached goal.

    `rows` are all subjects with what the rest needs of them; `lock` takes a row's lock and returns it (raises `NotFound`).
    `room_of`, `snapshot` and `current_hash` read such a row; `lines` says the content of a snapshot in words.
    `check_askable` raises a `DomainError` when it cannot be asked now. `may_answer` says whether a participant can
    answer it. `label` and `url` name it for people; `url` takes the actor, since staff and room have their own pages;
    `within` names what it is a part of, as a room may hold several of them.
    `find` returns the id of the subject that a REST call names by its deal, handoff or goal (raises `NotFound`, `Invalid`).
    `after_yes` says in a sentence what follows a person's yes, for that person.
    `stands_since` says when what it says now came to stand, for a record with or without a file that shows it; None where the
    answer may be older.
    Binding kinds need a fresh code and cannot be recorded by staff.
    """

    name: str
    binding: bool
    is_section: bool
    room_of: Callable[[Any], UUID]
    rows: Callable[[], "QuerySet[Any]"]
    lock: Callable[[UUID], Any]
    snapshot: Callable[[Any], Snapshot]
    current_hash: Callable[[Any], str]
    check_askable: Callable[["Actor", Any], None]
    may_answer: Callable[["Participant", Any], bool]
    label: Callable[[Any], str | Promise]
    url: Callable[["Actor", Any], str]
    lines: Callable[[dict[str, Any]], list[Line]]
    after_yes: Callable[[Any], str | Promise]
    check_recordable: Callable[["Actor", Any, "Question"], None] | None = None
    find: Callable[["Actor", dict[str, UUID | None]], UUID] | None = None
    stands_since: Callable[[Any, bool], datetime | None] | None = None
    noun: str | Promise = ""
    within: Callable[[Any], str] | None = None

    def get(self, subject_id: UUID) -> Any:
        """Return one subject's row. Raises `NotFound`."""
        row = self.rows().filter(pk=subject_id).first()
        if row is None:
            raise NotFound
        return row


@dataclass(frozen=True)
class TimelineEntry:
    """How one event reads: an icon or glyph name and one sentence."""

    icon: str
    sentence: str | Promise
    glyph: str = ""
    url: str = ""


@dataclass(frozen=True)
class RoomPanel:
    """A tab of the room. `url` leads there, "" where this person has no such tab.

    `section` is what a grant must cover to open it ("": nothing).
    """

    name: str
    label: str | Promise
    url: Callable[["Actor", "Room"], str]
    position: int
    section: str = ""


@dataclass(frozen=True)
class TodayBlock:
    """A block on the room's first page: `template` rendered with `context(actor, room)`; nothing when that is None."""

    template: str
    context: Callable[["Actor", "Room"], dict[str, Any] | None]
    position: int


@dataclass(frozen=True)
class Commentable:
    """A section whose rows can be commented on.

    `row_side` is whose draft a row of that room is: empty when everybody sees it, None when the actor sees no such row.
    `url` is the page where a row stands, or stood until it was taken out, for staff or in the room.
    """

    section: str
    row_side: Callable[["Actor", "Room", UUID], str | None]
    url: Callable[["Actor", UUID], str]


@dataclass(frozen=True)
class ClientBlock:
    """A block on a client's page: `template` rendered with `context(actor, organization)`; nothing when it is None."""

    template: str
    context: Callable[["Actor", "Organization"], dict[str, Any] | None]
    position: int


@dataclass(frozen=True)
class PersonalDataPlace:
    """A place that holds data of a person, so that export and erasure are complete.

    `fields` are the model fields it answers for ("crm.Comment.body"). `export` gives what is kept about a person, as plain
    JSON rows; `erase` takes it out and returns how many rows it changed: the caller holds the locks of the person's rooms, and
    hands the person over as they were before. What is `private` to the selling side is handed over by an administrator only.

    Evidence can be kept for a while for legal claims: such a place can `find` its rows and `erase_rows` of them later.
    `rooms` names further rooms that hold something about a person who was never let into them.
    """

    name: str
    label: str | Promise
    fields: frozenset[str]
    export: Callable[["Person"], list[dict[str, Any]]]
    erase: Callable[["Person"], int]
    private: bool = False
    find: Callable[["Person"], list[UUID]] | None = None
    erase_rows: Callable[[Collection[UUID]], int] | None = None
    rooms: Callable[["Contact"], Iterable[UUID]] | None = None

    @property
    def is_evidence(self) -> bool:
        """Whether it may be kept for a while on a legal ground."""
        return self.find is not None


Reaction = Callable[["Event", "Actor"], None]
Consumer = Callable[["Event"], None]
PersonConsumer = Callable[["Event", UUID], None]
Recipients = Callable[["Event"], Iterable[UUID]]
Names = Mapping[str, str]
"""Id (as text) → what the person or row is called. An id that is not there has no name the reader may see."""

FileHolder = Callable[["Actor"], "Exists"]
WayBack = Callable[["Actor", "Room"], "tuple[str, str] | None"]
MapOfSides = Callable[["Actor", "Room"], Iterable[tuple[UUID, str]]]
Renderer = Callable[["Event", Names], TimelineEntry]
Namer = Callable[["Actor", Collection[str]], "QuerySet[Any, tuple[UUID, str]]"]

_consent_kinds: dict[str, ConsentKind] = {}
_reactions: dict[str, list[Reaction]] = {}
_consumers: dict[str, tuple[frozenset[str], Consumer]] = {}
_person_consumers: dict[str, tuple[frozenset[str], PersonConsumer, Recipients]] = {}
_renderers: dict[str, Renderer] = {}
_namers: list[Namer] = []
_panels: dict[str, RoomPanel] = {}
_today: list[TodayBlock] = []
_commentable: dict[str, Commentable] = {}
_client: list[ClientBlock] = []
_file_holders: list[FileHolder] = []
_ways_back: list[WayBack] = []
_maps_of_sides: list[MapOfSides] = []
_personal_data: dict[str, PersonalDataPlace] = {}


def register_consent_kind(kind: ConsentKind) -> None:
    """Add a consent kind; its name must be new."""
    if kind.name in _consent_kinds:
        raise ValueError(f"Consent kind {kind.name} is registered twice.")
    _consent_kinds[kind.name] = kind


def consent_kind(name: str) -> ConsentKind:
    """Return the consent kind called `name`. Raises KeyError for an unknown one."""
    return _consent_kinds[name]


def consent_kinds() -> Sequence[ConsentKind]:
    """Return all consent kinds."""
    return tuple(_consent_kinds.values())


def register_reaction(event_type: str, reaction: Reaction) -> None:
    """Run `reaction` in the transaction of each event of this type; raising refuses the whole change."""
    _reactions.setdefault(event_type, []).append(reaction)


def reactions_to(event_type: str) -> Sequence[Reaction]:
    """Return the reactions to an event type, in the order they were registered."""
    return tuple(_reactions.get(event_type, ()))


def register_consumer(name: str, event_types: Iterable[str], consumer: Consumer) -> None:
    """Deliver events of these types to `consumer` after commit, at least once. It must be idempotent."""
    _check_new(name)
    _consumers[name] = (frozenset(event_types), consumer)


def register_person_consumer(
    name: str, event_types: Iterable[str], consumer: PersonConsumer, *, recipients: Recipients
) -> None:
    """The same for what several people are told: each is a delivery of its own, so that only what failed is tried again.

    `recipients` gives their ids, in the transaction of the event.
    """
    _check_new(name)
    _person_consumers[name] = (frozenset(event_types), consumer, recipients)


def _check_new(name: str) -> None:
    if name in _consumers or name in _person_consumers:
        raise ValueError(f"Consumer {name} is registered twice.")


def owed_because_of(event: "Event") -> list[tuple[str, UUID | None]]:
    """Return what is owed because of an event: the name of each consumer, and to whom where it tells people one by one."""
    owed: list[tuple[str, UUID | None]] = [
        (name, None) for name, (types, _) in _consumers.items() if event.type in types
    ]
    for name, (types, _consumer, recipients) in _person_consumers.items():
        if event.type in types:
            owed += [(name, to) for to in dict.fromkeys(recipients(event))]
    return owed


def consume(name: str, event: "Event", to: UUID | None) -> None:
    """Hand an event to the consumer called `name`. Raises KeyError for an unknown one, and what the consumer raises."""
    if to is None:
        _consumers[name][1](event)
    else:
        _person_consumers[name][1](event, to)


def register_renderer(event_type: str, renderer: Renderer) -> None:
    """Say how events of this type read in a timeline."""
    _renderers[event_type] = renderer


def register_namer(namer: Namer) -> None:
    """Let a timeline ask what rows with these ids are called, as far as the actor may see them: pairs of id and name."""
    _namers.append(namer)


def names_of(actor: "Actor", ids: Collection[str]) -> Names:
    """Return the names of everything among `ids` that has one, in one query."""
    first, *rest = (namer(actor, ids) for namer in _namers)
    return {str(id): name for id, name in first.union(*rest, all=True)}


def renderer_of(event_type: str) -> Renderer:
    """Return the renderer of an event type. Raises KeyError for one nobody renders."""
    return _renderers[event_type]


def rendered_types() -> frozenset[str]:
    """Return the event types a timeline can show."""
    return frozenset(_renderers)


def register_room_panel(panel: RoomPanel) -> None:
    """Add a tab to the room."""
    _panels[panel.name] = panel


def room_panels(actor: "Actor", room: "Room") -> list[tuple[RoomPanel, str]]:
    """Return the tabs this actor has in this room with their addresses, in order."""
    found = ((panel, panel.url(actor, room)) for panel in sorted(_panels.values(), key=lambda panel: panel.position))
    return [(panel, url) for panel, url in found if url]


def section_panels() -> list[RoomPanel]:
    """Return the tabs that a grant can be limited to, in order."""
    limited = (panel for panel in _panels.values() if panel.section)
    return sorted(limited, key=lambda panel: panel.position)


def register_way_back(way: WayBack) -> None:
    """Say where staff come from when they look at a page of a room itself: its files, its words, its people."""
    _ways_back.append(way)


def ways_back(actor: "Actor", room: "Room") -> list[tuple[str, str]]:
    """Return name and address of each place that a room's own pages lead back to."""
    return [found for way in _ways_back if (found := way(actor, room))]


def register_map_of_sides(named: MapOfSides) -> None:
    """Say on which side somebody writes the people of a room down, so that nobody comes in on another one."""
    _maps_of_sides.append(named)


def sides_named(actor: "Actor", room: "Room") -> dict[UUID, set[str]]:
    """Return the sides on which contacts are written down in a room, as far as the actor sees it."""
    sides: dict[UUID, set[str]] = {}
    for contact, side in (pair for named in _maps_of_sides for pair in named(actor, room)):
        sides.setdefault(contact, set()).add(side)
    return sides


def register_today_block(block: TodayBlock) -> None:
    """Add a block to the room's first page."""
    _today.append(block)
    _today.sort(key=lambda one: one.position)


def today_blocks() -> Sequence[TodayBlock]:
    """Return the blocks of the room's first page, in order."""
    return tuple(_today)


def register_commentable(place: Commentable) -> None:
    """Let people comment on the rows of a section."""
    _commentable[place.section] = place


def commentable(section: str) -> Commentable | None:
    """Return the section called `section` if its rows can be commented on."""
    return _commentable.get(section)


def register_client_block(block: ClientBlock) -> None:
    """Add a block to the page of a client."""
    _client.append(block)
    _client.sort(key=lambda one: one.position)


def client_blocks() -> Sequence[ClientBlock]:
    """Return the blocks of a client's page, in order."""
    return tuple(_client)


def register_file_holder(holder: FileHolder) -> None:
    """Let whoever sees a row open the file that hangs on it.

    `holder(actor)` is an EXISTS over the rows that the actor sees, with the file as `OuterRef("pk")`.
    """
    _file_holders.append(holder)


def file_holders(actor: "Actor") -> "list[Exists]":
    """Return the conditions under which a file hangs on something the actor sees."""
    return [holder(actor) for holder in _file_holders]


def register_personal_data(place: PersonalDataPlace) -> None:
    """Add a place that holds data of persons; its name must be new. Places are erased in the order of registration."""
    if place.name in _personal_data:
        raise ValueError(f"Personal data place {place.name} is registered twice.")
    _personal_data[place.name] = place


def personal_data_places() -> Sequence[PersonalDataPlace]:
    """Return all places that hold data of persons."""
    return tuple(_personal_data.values())
