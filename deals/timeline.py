"""How the events of deals read in a timeline: plain sentences with names. Registered by `deals.registry`."""

from django.db.models.functions import Coalesce
from django.utils.text import Truncator, get_text_list
from django.utils.translation import gettext_lazy as _

from crm.happenings import AGREED, register_happenings
from crm.models import Event
from crm.registry import Names, Renderer, TimelineEntry, register_namer, register_renderer
from crm.timeline import Words, actor_name, named_by, says
from deals.models import Criterion, Deal, SetAside, Stage, Stakeholder
from deals.queries.gate import gate_label

_SHOWN = 280

_PLACES = {
    "problem": _("the problem"),
    "criteria": _("the success criteria"),
    "people": _("the people"),
}


def _in_section(sentence: Words) -> Renderer:
    def render(event: Event, names: Names) -> TimelineEntry:
        place = _PLACES.get(event.data["section"], event.data["section"])
        return TimelineEntry("pencil", sentence % {"name": actor_name(event, names), "place": place})

    return render


def _set_aside(event: Event, names: Names) -> TimelineEntry:
    own = _("%(name)s set their own words in %(place)s aside: “%(words)s”")
    others = _("%(name)s chose other words in %(place)s than these of %(who)s: “%(words)s”")
    who = names.get(event.data["whose"]) or _("somebody")
    place = _PLACES.get(event.data["section"], event.data["section"])
    words = Truncator(names.get(str(event.subject_id), "")).chars(_SHOWN)
    told = {"name": actor_name(event, names), "place": place, "who": who, "words": words}
    return TimelineEntry("compare", (own if event.data["mine"] else others) % told)


def _gate_waived(event: Event, names: Names) -> TimelineEntry:
    gate = gate_label(event.data["gate"])
    words = _("%(name)s let the deal go on without: %(gate)s") % {"name": actor_name(event, names), "gate": gate}
    return TimelineEntry("flag", words)


_FIELDS = {
    "name": _("name"),
    "position": _("place"),
    "question": _("question"),
    "answer_roles": _("who must say yes"),
    "recorded_is_enough": _("whether a recorded yes is enough"),
    "gates": _("gates"),
    "good": _("what good looks like"),
    "usual_days": _("usual time"),
    "steps": _("steps"),
    "material": _("material"),
}


def _called(sentence: Words, without: Words | None = None) -> Renderer:
    """Return a renderer for what carries its name and the fields that changed; older events carry none."""

    def render(event: Event, names: Names) -> TimelineEntry:
        fields = get_text_list([str(_FIELDS.get(one, one)) for one in event.data.get("fields", [])], _("and"))
        told = {"name": actor_name(event, names), "called": event.data.get("name", ""), "fields": fields}
        return TimelineEntry("settings", (sentence if told["called"] or without is None else without) % told)

    return render


_OF_STAGES = {
    "added": _("%(name)s added the stage %(called)s"),
    "moved": _("%(name)s moved the stage %(called)s"),
    "removed": _("%(name)s took out the stage %(called)s"),
}


def _pipeline_changed(event: Event, names: Names) -> TimelineEntry:
    of_pipeline = _("%(name)s changed the pipeline %(called)s: %(fields)s")
    sentence = _OF_STAGES.get(event.data.get("did", ""), of_pipeline)
    return _called(sentence, _("%(name)s changed a pipeline"))(event, names)


_ROW = {
    "added": _in_section(_("%(name)s added to %(place)s")),
    "edited": _in_section(_("%(name)s changed words in %(place)s")),
    "shared": _in_section(_("%(name)s shared a draft in %(place)s")),
    "archived": _in_section(_("%(name)s took something out of %(place)s")),
}

_NAMED = {
    "criterion": {
        "added": says("target", _("%(name)s added a success criterion: %(what)s"), what="subject"),
        "edited": says("target", _("%(name)s changed the success criterion “%(what)s”"), what="subject"),
        "shared": says("target", _("%(name)s shared the success criterion “%(what)s”"), what="subject"),
        "archived": says("target", _("%(name)s took out the success criterion “%(what)s”"), what="subject"),
    },
    "stakeholder": {
        "added": says("people", _("%(name)s put %(who)s on the map"), who="subject"),
        "edited": says("people", _("%(name)s changed what is written about %(who)s"), who="subject"),
        "shared": says("people", _("%(name)s shared the entry of %(who)s"), who="subject"),
        "archived": says("people", _("%(name)s took %(who)s off the map"), who="subject"),
    },
    "problemstatement": _ROW,
}

RENDERERS: dict[str, Renderer] = {
    "pipeline.created": _called(_("%(name)s made the pipeline %(called)s"), _("%(name)s made a pipeline")),
    "pipeline.changed": _pipeline_changed,
    "pipeline.archived": says("settings", _("%(name)s took a pipeline out of use")),
    "pipeline.restored": says("settings", _("%(name)s took a pipeline into use again")),
    "stage.changed": _called(_("%(name)s changed the stage %(called)s: %(fields)s")),
    "deal.opened": says("board", _("%(name)s began this deal")),
    "deal.changed": says("pencil", _("%(name)s changed the facts of the deal")),
    "deal.moved": says("arrow", _("The deal moved on to %(stage)s"), glyph="both", stage="to"),
    "deal.moved_back": says("step-back", _("%(name)s took the deal back to %(stage)s"), stage="to"),
    "deal.won": says("check", _("Both sides agreed to work together"), glyph="both"),
    "deal.win_undone": says("undo", _("%(name)s undid the agreement: it was written down by mistake")),
    "deal.paused": says("pause", _("%(name)s paused the deal")),
    "deal.thanked": says("message", _("%(name)s said thanks to people of the client")),
    "deal.lost": says("flag", _("%(name)s ended the deal")),
    "deal.ended_in_agreement": says("flag", _("%(name)s wrote down that both sides agreed not to go on")),
    "deal.reopened": says("undo", _("%(name)s opened the deal again")),
    "exchange_rate.set": says("compare", _("%(name)s set an exchange rate")),
    "exchange_rate.removed": says("compare", _("%(name)s took out an exchange rate")),
    "product.created": says("file", _("%(name)s put a product on the price list")),
    "product.changed": says("file", _("%(name)s changed a product of the price list")),
    "product.archived": says("file", _("%(name)s took a product off the price list")),
    "deal.archived": says("file", _("%(name)s put the deal into the archive")),
    "deal.restored": says("undo", _("%(name)s took the deal out of the archive")),
    "gate.waived": _gate_waived,
    "section.restored": _in_section(_("%(name)s took the agreed words of %(place)s back")),
    "stakeholder.assessed": says("people", _("%(name)s wrote down how %(who)s stands to it"), who="stakeholder"),
    "words.set_aside": _set_aside,
    **{f"{row}.{verb}": renderer for row, verbs in _NAMED.items() for verb, renderer in verbs.items()},
}


def register() -> None:
    """Fill the registry."""
    for type, renderer in RENDERERS.items():
        register_renderer(type, renderer)
    register_happenings(AGREED, [f"deal.{one}" for one in ("moved", "won", "win_undone", "ended_in_agreement")])
    register_namer(named_by(lambda _actor: Stage.objects.all(), "name"))
    register_namer(named_by(lambda actor: Deal.objects.visible_to(actor), "title"))
    register_namer(named_by(lambda actor: SetAside.objects.visible_to(actor), "words"))
    # A row that was taken out keeps its name in what happened; a draft's events are seen by its own side only.
    register_namer(named_by(lambda _actor: Criterion.objects.all(), "title"))
    called = Coalesce("contact__name", "user__name", "place")
    register_namer(named_by(lambda _actor: Stakeholder.objects.annotate(called=called), "called"))
