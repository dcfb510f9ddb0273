"""What a room's archive holds of the time after the close: the brief, the goals and their numbers."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from crm import formats
from crm.actors import Actor
from crm.archive_parts import ArchivePage, ArchivePart
from crm.models import Room
from crm.receipt import moment
from crm.registry import Line
from crm.rules.canonical import canonical_value
from handoff.models import BriefItem, Goal, Handoff, ItemKind, Measurement
from handoff.models.handoff import SHOWN_IN_ROOM
from handoff.queries.brief import items_content
from handoff.queries.lines import lines_of_brief
from handoff.queries.measurement import with_measurements

_GOAL = (
    "id",
    "title",
    "counted_as",
    "unit",
    "direction",
    "baseline",
    "baseline_on",
    "target",
    "due_on",
    "state",
    "confirmed_at",
)
_MEASUREMENT = (
    "id",
    "value",
    "measured_at",
    "period",
    "source",
    "note",
    "state",
    "confirmed_at",
    "corrects_id",
    "created_at",
)


def _pages(actor: Actor, room: Room) -> Iterator[ArchivePage]:
    yield from _briefs(actor, room)
    goals = Goal.objects.visible_to(actor).filter(plan__room=room).order_by("plan__created_at", "position", "pk")
    for goal in with_measurements(actor, goals):
        yield ArchivePage(_("Goal: %(goal)s") % {"goal": goal.title}, _goal(goal), list(_lines(goal)))


def _briefs(actor: Actor, room: Room) -> Iterator[ArchivePage]:
    """Yield what was handed over, within the actor's grant, once the client sees it."""
    handoffs = Handoff.objects.visible_to(actor).filter(room=room, state__in=SHOWN_IN_ROOM).select_related("deal")
    for handoff in handoffs.order_by("opened_at"):
        items = BriefItem.objects.visible_to(actor).filter(handoff=handoff, kind=ItemKind.AGREED)
        content = _plain(items_content(items))
        title = _("%(deal)s: what is handed over") % {"deal": handoff.deal.title}
        yield ArchivePage(title, {"handoff": str(handoff.pk), **content}, lines_of_brief(content))


def _goal(goal: Goal) -> dict[str, Any]:
    measurements = [_measurement(one) for one in goal.measurements.all()]
    return _plain({field: getattr(goal, field) for field in _GOAL} | {"measurements": measurements})


def _measurement(one: Measurement) -> dict[str, Any]:
    disputes = [
        {"text": said.text, "by": said.raised_by.name, "at": said.raised_at, "answer": said.answer}
        for said in one.disputes.all()
    ]
    return {field: getattr(one, field) for field in _MEASUREMENT} | {"by": one.author_name, "disputes": disputes}


def _lines(goal: Goal) -> Iterator[Line]:
    locale = formats.babel_locale()
    yield Line("state", _("Where it stands"), goal.get_state_display())
    if goal.target is not None:
        words = {"target": formats.number(goal.target, locale, goal.unit), "day": goal.due_on.isoformat()}
        yield Line("target", _("Target"), _("%(target)s by %(day)s") % words)
    for one in goal.measurements.all():
        said = [
            formats.number(one.value, locale, goal.unit),
            one.source,
            one.author_name,
            one.get_state_display(),
            one.note,
        ]
        said += [f"{dispute.raised_by.name}: {dispute.text}" for dispute in one.disputes.all()]
        yield Line(str(one.pk), moment(one.measured_at), "\n".join(filter(None, said)))


def _plain(content: dict[str, Any]) -> dict[str, Any]:
    plain = canonical_value(content)
    return plain if isinstance(plain, dict) else {}


ARCHIVE_PART = ArchivePart("success", _pages)
