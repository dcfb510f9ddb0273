"""How what happens after the close reads in a timeline. Names come with the event's author; nothing more is fetched."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.models import Event
from crm.registry import Names, TimelineEntry
from crm.timeline import actor_name, named_by
from handoff.models import Goal

_SENTENCES: dict[str, tuple[str, Promise, str]] = {
    "handoff.opened": ("baton", gettext_lazy("The handoff opened"), ""),
    "handoff.assigned": ("baton", gettext_lazy("%(name)s said who takes over"), ""),
    "handoff.accepted": ("baton", gettext_lazy("%(name)s accepted the handoff"), ""),
    "handoff.confirmed": ("check", gettext_lazy("%(name)s confirmed the brief"), "both"),
    "handoff.confirmation_withdrawn": ("undo", gettext_lazy("%(name)s took the confirmation of the brief back"), ""),
    "handoff.cancelled": ("undo", gettext_lazy("The handoff was cancelled, because the close was undone"), ""),
    "brief_item.cleared": ("check", gettext_lazy("%(name)s cleared an item of the brief"), ""),
    "brief_item.questioned": ("message", gettext_lazy("%(name)s asked about an item of the brief"), ""),
    "brief_item.answered": ("message", gettext_lazy("%(name)s answered about an item of the brief"), ""),
    "brief_item.added": ("flag", gettext_lazy("A consent no longer stands: the handoff has an open risk more"), ""),
    "success_plan.opened": ("target", gettext_lazy("The success plan began"), ""),
    "measurement.recorded": ("plus", gettext_lazy("%(name)s added a number"), ""),
    "measurement.corrected": ("undo", gettext_lazy("%(name)s corrected a number"), ""),
    "measurement.confirmed": ("check", gettext_lazy("%(name)s confirmed a number"), "both"),
    "measurement.disputed": ("alert", gettext_lazy("%(name)s disputed a number"), ""),
    "measurement.dispute_answered": ("message", gettext_lazy("%(name)s answered a dispute"), ""),
    "goal.no_data": ("clock", gettext_lazy("A goal has no number any more"), ""),
    "goal.on_track": ("check", gettext_lazy("A goal came on track"), ""),
    "goal.at_risk": ("alert", gettext_lazy("A goal came at risk"), ""),
    "goal.off_track": ("alert", gettext_lazy("A goal went off track"), ""),
    "goal.reached": ("target", gettext_lazy("The newest number reaches a goal’s target"), ""),
    "goal.missed": ("x", gettext_lazy("A goal passed its due date"), ""),
    "goal.confirmed": ("target", gettext_lazy("%(name)s confirmed that a goal is reached"), "both"),
    "goal.confirmation_withdrawn": ("undo", gettext_lazy("%(name)s took “reached” back"), ""),
}
EVENT_TYPES = tuple(_SENTENCES)
OF_YESES = (
    "handoff.accepted",
    "handoff.confirmed",
    "handoff.confirmation_withdrawn",
    "goal.confirmed",
    "goal.confirmation_withdrawn",
)
"""The events of what was agreed."""
OF_NUMBERS = tuple(one for one in EVENT_TYPES if one.startswith(("measurement.", "goal.")) and one not in OF_YESES)
"""The events of what was measured."""


def render_event(event: Event, names: Names) -> TimelineEntry:
    """Return how an event of this app reads; `names` knows the goals."""
    icon, sentence, glyph = _SENTENCES[event.type]
    goal = names.get(str(event.data.get("goal", event.subject_id)), "")
    words = str(sentence) % {"name": actor_name(event, names)}
    return TimelineEntry(icon, _("%(what)s: %(goal)s") % {"what": words, "goal": goal} if goal else words, glyph)


goal_names = named_by(lambda actor: Goal.objects.visible_to(actor), "title")
"""The titles of the goals that the reader sees."""
