"""My day: who waits for somebody of ours, what they asked, who has gone quiet, what changed, what is on today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from crm.actors import Actor
from crm.clock import now
from crm.day import Waiting, waiting_sources
from crm.models import Activity, ActivityType, Channel, Event, Question, Room, RoomMember
from crm.news import news_types
from crm.places import Place, places_of
from crm.queries.subject import Named, names_of, subjects_of
from crm.queries.task import TaskRow, open_tasks
from crm.queries.timeline import Happening, in_words
from crm.queries.waiting import as_shown

SHOWN, TASKS_SHOWN, MEETINGS_SHOWN = 12, 8, 8
READ = 60
"""How many events are looked at for what changed: the same thing done several times is one line."""
QUIET_AFTER = timedelta(days=10)
MEETINGS_AHEAD = timedelta(days=7)
VISITS = ("participant.signed_in", "passkey.added", "passkey.removed")
"""What somebody does on the way in: it says nothing about whether they work on it."""


@dataclass(frozen=True)
class Asked:
    """A question that waits for somebody of the client, and what it is about."""

    question: Question
    about: Sequence[Named]


@dataclass(frozen=True)
class Quiet:
    """A room from which nobody of the client answers, edits or writes: open questions, and days since they last did."""

    room_id: UUID
    questions: int
    days: int


@dataclass(frozen=True)
class Changed:
    """Something that others did; `times` how often they did the same."""

    happening: Happening
    room_id: UUID
    times: int


@dataclass(frozen=True)
class Meeting:
    """A meeting that is on today, or in the days ahead."""

    activity: Activity
    is_today: bool


@dataclass(frozen=True)
class Day:
    """Everything on the page; `places` names where each room is worked on."""

    waiting: Sequence[Waiting]
    quiet: Sequence[Quiet]
    asked: Sequence[Asked]
    changed: Sequence[Changed]
    meetings: Sequence[Meeting]
    tasks: Sequence[TaskRow]
    places: dict[UUID, Place]

    @property
    def today(self) -> list[Meeting]:
        """The meetings of today."""
        return [one for one in self.meetings if one.is_today]

    @property
    def ahead(self) -> list[Meeting]:
        """The meetings of the next days."""
        return [one for one in self.meetings if not one.is_today]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing on the page yet."""
        return not (self.waiting or self.quiet or self.asked or self.changed or self.meetings or self.tasks)


def my_day(actor: Actor) -> Day:
    """Return a person's day, in their language and time zone. The number of queries does not grow with the work."""
    waiting, quiet, asked = waiting_for_us(actor), gone_quiet(actor), asked_by(actor)
    changed, meetings = changed_since_yesterday(actor), coming_meetings(actor)
    rooms = {one.room_id for one in waiting} | {one.room_id for one in quiet} | {one.room_id for one in changed}
    rooms |= {one.question.room_id for one in asked} | {one.activity.room_id for one in meetings}
    return Day(waiting, quiet, asked, changed, meetings, open_tasks(actor, TASKS_SHOWN), places_of(actor, rooms))


def own_rooms(actor: Actor) -> QuerySet[Room]:
    """Return the rooms somebody of ours works in: as owner, or brought in. Not those they only read along in."""
    joined = RoomMember.objects.filter(room=OuterRef("pk"), user=actor.user)
    rooms: QuerySet[Room] = Room.objects.visible_to(actor).filter(Q(owner=actor.user) | Q(Exists(joined)))
    return rooms


def waiting_for_us(actor: Actor) -> list[Waiting]:
    """Return what waits for the actor, longest first."""
    found = [one for source in waiting_sources() for one in source(actor)]
    return sorted(found, key=lambda one: one.since)[:SHOWN]


def asked_by(actor: Actor) -> list[Asked]:
    """Return the questions that the actor asked and nobody answered yet, longest first."""
    mine = Question.objects.visible_to(actor).open().filter(asked_by=actor.user, channel=Channel.ROOM)
    related = mine.select_related("asked_of__contact").prefetch_related("consents")
    questions = list(related.order_by("asked_at", "id")[:SHOWN])
    subjects = subjects_of(consent for question in questions for consent in question.consents.all())
    return [Asked(one, names_of(actor, sorted(one.consents.all(), key=as_shown), subjects)) for one in questions]


def gone_quiet(actor: Actor) -> list[Quiet]:
    """Return the rooms with open questions of ours in which nobody of the client did anything for a while.

    Silence is the absence of answers, edits and messages. Whether somebody looked in is not asked.
    """
    acts = Event.objects.filter(room=OuterRef("room"), by_contact__isnull=False).exclude(type__in=VISITS)
    last = Subquery(acts.order_by("-at").values("at")[:1])
    asked = Question.objects.open().filter(room__in=Room.objects.filter(owner=actor.user), channel=Channel.ROOM)
    old = asked.filter(asked_at__lt=now() - QUIET_AFTER).order_by()
    rooms = old.values("room").annotate(questions=Count("pk"), asked=Min("asked_at")).annotate(last=last)
    quiet = [Quiet(row["room"], row["questions"], _days_since(row["asked"], row["last"])) for row in rooms]
    return sorted((one for one in quiet if one.days >= QUIET_AFTER.days), key=lambda one: -one.days)[:SHOWN]


def _days_since(*moments: datetime | None) -> int:
    return (now() - max(at for at in moments if at)).days


def changed_since_yesterday(actor: Actor) -> list[Changed]:
    """Return what others did in the actor's rooms since yesterday began, newest first, each thing once."""
    news = Event.objects.filter(room__in=own_rooms(actor), at__gte=_midnight(timezone.localdate(now()), days=-1))
    news = news.visible_to(actor).filter(type__in=news_types()).exclude(by_user=actor.user, by_key=None)
    events = list(news.select_related("by_user", "by_contact").order_by("-at", "-id")[:READ])
    lines: dict[tuple[UUID | None, str, str], list[Happening]] = {}
    for event, happening in zip(events, in_words(actor, events), strict=True):
        lines.setdefault((event.room_id, str(happening.entry.sentence), happening.said), []).append(happening)
    return [Changed(same[0], room, len(same)) for (room, *_words), same in lines.items() if room][:SHOWN]


def coming_meetings(actor: Actor) -> list[Meeting]:
    """Return the meetings of today and of the next days in the actor's rooms, soonest first."""
    today = timezone.localdate(now())
    meetings = Activity.objects.visible_to(actor).filter(
        type=ActivityType.MEETING, at__gte=_midnight(today), at__lt=_midnight(today) + MEETINGS_AHEAD
    )
    mine = meetings.filter(Q(room__in=own_rooms(actor)) | Q(by_user=actor.user)).order_by("at", "id")
    return [Meeting(one, timezone.localdate(one.at) == today) for one in mine[:MEETINGS_SHOWN]]


def _midnight(day: date, days: int = 0) -> datetime:
    """Return when a day begins in the reader's time zone."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=days), time.min))
