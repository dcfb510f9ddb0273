"""How the ground's own events read: plain sentences with names. Registered by `crm.registered`."""

from collections.abc import Callable, Collection
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.actions.access_request import ASKER_GONE
from crm.actions.question import MAY_NOT_ANSWER, NOT_NEEDED
from crm.actors import Actor
from crm.happenings import AGREED, TALKS, register_happenings
from crm.models import (
    AccessRequest,
    Activity,
    Attachment,
    Contact,
    CustomField,
    Event,
    Organization,
    Participant,
    RoomMember,
    Task,
    Team,
    User,
)
from crm.queries.api_key import name_with_key, readable_keys
from crm.queries.timeline import OF_ANSWERS
from crm.registry import Namer, Names, Renderer, TimelineEntry, consent_kinds, register_namer, register_renderer

Words = Any


def actor_name(event: Event, names: Names) -> Words:
    """Return who did it: the person's name, with the key it came with; the product's for what nobody did by hand."""
    author = event.by_contact or event.by_user
    if author is None:
        return _("Common Ground")
    return name_with_key(author.name, names.get(str(event.by_key_id), "")) if event.by_key_id else author.name


def says(icon: str, sentence: Words, *, glyph: str = "", **named: str) -> Renderer:
    """Return a renderer for `sentence`, filled with `name` (who did it) and the names of the ids in `event.data`.

    `named` maps a word of the sentence to a key in `event.data`, or to `subject` for the event's own row.
    """

    def render(event: Event, names: Names) -> TimelineEntry:
        values = {
            word: names.get(str(event.subject_id) if key == "subject" else str(event.data.get(key, "")), "")
            for word, key in named.items()
        }
        return TimelineEntry(icon, sentence % {"name": actor_name(event, names), **values}, glyph=glyph)

    return render


def _what(event: Event) -> Words:
    kinds = {kind.name: kind for kind in consent_kinds()}
    kind = kinds.get(event.data["kind"])
    if kind is None or not kind.noun:
        return _("what was asked")
    if not kind.is_section:
        return kind.noun
    return _("%(what)s, revision %(number)s") % {"what": kind.noun, "number": event.data["revision_number"]}


def _consent(glyph: str, in_room: Words, recorded: Words | None = None) -> Renderer:
    """Return a renderer of an answer; `recorded` is the sentence for one that staff wrote down."""

    def render(event: Event, names: Names) -> TimelineEntry:
        sentence = recorded if recorded is not None and event.data.get("recorded") else in_room
        person = names.get(event.data["participant"], "")
        words = {"name": actor_name(event, names), "person": person, "what": _what(event)}
        return TimelineEntry("hand", sentence % words, glyph=glyph)

    return render


_taken_back = _consent("none", _("%(name)s took back the question to %(person)s about %(what)s"))
_nobody_to_answer = _consent(
    "none", _("The question to %(person)s about %(what)s closed: they do not answer for their side any more")
)
_not_needed = _consent("none", _("The question to %(person)s about %(what)s closed: it needs no answer any more"))
_CLOSED = {MAY_NOT_ANSWER: _nobody_to_answer, NOT_NEEDED: _not_needed}


def _cancelled(event: Event, names: Names) -> TimelineEntry:
    return _CLOSED.get(event.data.get("because", ""), _taken_back)(event, names)


_ACTIVITIES: dict[str, tuple[str, Words]] = {
    "call": ("phone", _("Call")),
    "meeting": ("people", _("Meeting")),
    "email": ("message", _("E-mail")),
    "note": ("message", _("Note")),
}


def _activity(sentence: Words) -> Renderer:
    def render(event: Event, names: Names) -> TimelineEntry:
        icon, kind = _ACTIVITIES[event.data["type"]]
        if minutes := event.data.get("minutes"):
            kind = _("%(kind)s, %(minutes)s min") % {"kind": kind, "minutes": minutes}
        subject = names.get(str(event.subject_id), "")
        return TimelineEntry(icon, sentence % {"name": actor_name(event, names), "kind": kind, "subject": subject})

    return render


def _changed(icon: str, sentence: Words) -> Renderer:
    def render(event: Event, names: Names) -> TimelineEntry:
        return TimelineEntry(icon, sentence % {"name": actor_name(event, names)})

    return render


def _import_finished(event: Event, names: Names) -> TimelineEntry:
    return TimelineEntry("upload", _("Data were imported"))


def _notified(event: Event, names: Names) -> TimelineEntry:
    return TimelineEntry("bell", _("Something new was told"))


def _exported(event: Event, names: Names) -> TimelineEntry:
    return TimelineEntry("download", _("%(name)s exported data") % {"name": actor_name(event, names)})


def _import_cancelled(event: Event, names: Names) -> TimelineEntry:
    return TimelineEntry("upload", _("%(name)s stopped an import") % {"name": actor_name(event, names)})


def _import_undone(event: Event, names: Names) -> TimelineEntry:
    return TimelineEntry("undo", _("%(name)s undid an import") % {"name": actor_name(event, names)})


def _commented(event: Event, names: Names) -> TimelineEntry:
    sentence = _("%(name)s sees something differently") if event.data.get("dispute") else _("%(name)s commented")
    return TimelineEntry("message", sentence % {"name": actor_name(event, names)})


def _signed_in(event: Event, names: Names) -> TimelineEntry:
    by_passkey = event.data.get("method") == "passkey"
    sentence = _("%(name)s came in with a passkey") if by_passkey else _("%(name)s came in with a code")
    return TimelineEntry("door", sentence % {"name": actor_name(event, names)})


def _let_in(event: Event, names: Names) -> TimelineEntry:
    who = {"name": actor_name(event, names), "who": names.get(str(event.subject_id), "")}
    by_rule = event.by_user_id is None
    return TimelineEntry(
        "door", (_("The room’s rule let in %(who)s") if by_rule else _("%(name)s let in %(who)s")) % who
    )


def _asked_no_longer(event: Event, names: Names) -> TimelineEntry:
    closed = _("The request to bring in %(who)s closed: whoever asked was erased")
    taken_back = _("%(name)s no longer asks to bring in %(who)s")
    who = {"name": actor_name(event, names), "who": names.get(str(event.subject_id), "")}
    return TimelineEntry("people", (closed if event.data.get("because") == ASKER_GONE else taken_back) % who)


def _welcome(event: Event, names: Names) -> TimelineEntry:
    welcome = _("%(name)s said that the client’s colleagues come in without being asked about")
    ask = _("%(name)s said that each colleague of the client is asked about")
    return TimelineEntry("door", (welcome if event.data["welcome"] else ask) % {"name": actor_name(event, names)})


RENDERERS: dict[str, Renderer] = {
    "room.opened": says("door", _("%(name)s opened this room")),
    "member.added": says("people", _("%(name)s brought in %(who)s"), who="user"),
    "member.removed": says("people", _("%(who)s no longer works here"), who="user"),
    "invitation.sent": says("door", _("%(name)s invited %(who)s"), who="participant"),
    "participant.changed": says("people", _("%(name)s changed what %(who)s may do here"), who="subject"),
    "participant.revoked": says("door", _("%(name)s ended the access of %(who)s"), who="subject"),
    "participant.signed_in": _signed_in,
    "access_request.made": says("people", _("%(name)s asks to bring in %(who)s"), who="subject"),
    "access_request.approved": _let_in,
    "access_request.declined": says("people", _("%(name)s answered “not now” about %(who)s"), who="subject"),
    "access_request.withdrawn": _asked_no_longer,
    "room.changed": _changed("pencil", _("%(name)s changed title or time zone of the room")),
    "room.welcome_changed": _welcome,
    "passkey.added": says("key", _("%(name)s added a passkey")),
    "passkey.removed": says("key", _("%(name)s took a passkey away")),
    "participant.address_changed": says("mail", _("%(name)s changed the address of %(who)s"), who="subject"),
    "participant.facts_changed": says("people", _("%(name)s changed the name or the client of %(who)s"), who="subject"),
    "participant.address_confirmed": says(
        "mail", _("The old mailbox of %(who)s confirmed the new address"), who="subject"
    ),
    "participant.address_refused": says(
        "mail", _("The old mailbox of %(who)s said no to the new address, and is theirs again"), who="subject"
    ),
    "participant.address_vouched": says(
        "mail", _("%(name)s vouched for the new address of %(who)s"), who="participant"
    ),
    "consent.asked": _consent("seller", _("%(name)s asked %(person)s to agree to %(what)s")),
    "consent.given": _consent(
        "both", _("%(name)s agreed to %(what)s"), _("%(name)s wrote down that %(person)s agreed to %(what)s")
    ),
    "consent.change_suggested": _consent(
        "change",
        _("%(name)s would change something in %(what)s"),
        _("%(name)s wrote down that %(person)s would change something in %(what)s"),
    ),
    "consent.declined": _consent(
        "declined", _("%(name)s said no to %(what)s"), _("%(name)s wrote down that %(person)s said no to %(what)s")
    ),
    "consent.withdrawn": _consent("declined", _("%(name)s took back the yes to %(what)s")),
    "consent.contested": _consent("declined", _("%(name)s did not say what was written down about %(what)s")),
    "consent.confirmed": _consent("both", _("%(name)s confirmed what was written down about %(what)s")),
    "consent.reopened": _consent("none", _("%(name)s may be asked again about %(what)s")),
    "consent.replaced": _consent(
        "stale", _("The question to %(person)s about %(what)s closed: its words have changed")
    ),
    "consent.reminder_wanted": says("clock", _("%(name)s wants to be reminded of a question")),
    "consent.cancelled": _cancelled,
    "consent.record_withdrawn": _consent(
        "none", _("%(name)s took back the record of what %(person)s said to %(what)s")
    ),
    "activity.logged": _activity(_("%(kind)s, written down by %(name)s: %(subject)s")),
    "activity.changed": _activity(_("%(name)s corrected a note on: %(subject)s")),
    "activity.shared": _activity(_("%(kind)s, shared by %(name)s: %(subject)s")),
    "activity.archived": _changed("message", _("%(name)s took a note away")),
    "comment.added": _commented,
    "comment.resolved": _changed("check", _("%(name)s said that a comment is settled")),
    "comment.reopened": _changed("message", _("%(name)s opened a settled comment again")),
    "comment.changed": _changed("message", _("%(name)s changed a comment")),
    "comment.archived": _changed("message", _("%(name)s took a comment away")),
    "attachment.added": says("file", _("%(name)s added a file: %(file)s"), file="subject"),
    "attachment.checked": says("file", _("A file was checked and can be opened: %(file)s"), file="subject"),
    "attachment.drawn": says("eye", _("The pages of a file can be looked at: %(file)s"), file="subject"),
    "attachment.taken_out": says("file", _("%(name)s took out a file: %(file)s"), file="subject"),
    "attachment.refused": says("alert", _("A file was checked and refused: %(file)s"), file="subject"),
    "task.created": _changed("check", _("%(name)s noted a task")),
    "task.changed": _changed("check", _("%(name)s changed a task")),
    "task.completed": _changed("check", _("%(name)s did a task")),
    "task.reopened": _changed("undo", _("%(name)s opened a task again")),
    "task.archived": _changed("check", _("%(name)s took a task off the list")),
    "task.reminder_wanted": says("clock", _("You wanted to be reminded: %(task)s"), task="subject"),
    "notification.made": _notified,
    "notification.read": _changed("bell", _("%(name)s read what is new")),
    "organization.created": says("building", _("%(name)s added this client")),
    "organization.changed": says("building", _("%(name)s changed the facts of this client")),
    "organization.archived": says("building", _("%(name)s took this client out of the list")),
    "organization.restored": says("building", _("%(name)s put this client back into the list")),
    "relationship.stated": says("building", _("%(name)s said how well we know %(what)s"), what="organization"),
    "organization.merged": says("building", _("%(name)s put another entry together with this client")),
    "organization.unmerged": says("building", _("%(name)s took two entries of this client apart again")),
    "contact.merged": says("people", _("%(name)s put another entry together with %(who)s"), who="subject"),
    "contact.unmerged": says("people", _("%(name)s took two entries of %(who)s apart again"), who="subject"),
    "contact.created": says("people", _("%(name)s added %(who)s"), who="subject"),
    "contact.changed": says("people", _("%(name)s changed the facts of %(who)s"), who="subject"),
    "contact.archived": says("people", _("%(name)s took %(who)s out of the list"), who="subject"),
    "contact.restored": says("people", _("%(name)s put %(who)s back into the list"), who="subject"),
    "contact.erased": _changed("lock", _("%(name)s erased the data of a person")),
    "data_request.made": _changed("lock", _("%(name)s asked about the data kept of them")),
    "data_request.withdrawn": _changed("undo", _("%(name)s took back what they asked about the data kept of them")),
    "data_request.answered": _changed("lock", _("%(name)s answered a request about data")),
    "attachment.erased": _changed("file", _("A file was erased with the data of a person")),
    "team.created": says("people", _("%(name)s made the team %(what)s"), what="subject"),
    "team.changed": says("people", _("%(name)s changed the team %(what)s"), what="subject"),
    "user.created": says("people", _("%(name)s added %(who)s"), who="subject"),
    "user.changed": says("people", _("%(name)s changed the facts of %(who)s"), who="subject"),
    "user.deactivated": says("people", _("%(name)s ended the access of %(who)s"), who="subject"),
    "user.reactivated": says("people", _("%(name)s let %(who)s in again"), who="subject"),
    "bulk_change.done": _changed("table", _("%(name)s changed many at once")),
    "bulk_change.undone": _changed("undo", _("%(name)s undid a change of many")),
    "view.saved": _changed("table", _("%(name)s saved a view")),
    "view.changed": _changed("table", _("%(name)s changed a view")),
    "view.deleted": _changed("table", _("%(name)s deleted a view")),
    "custom_field.created": says("settings", _("%(name)s added the custom field “%(what)s”"), what="subject"),
    "custom_field.changed": says("settings", _("%(name)s changed the custom field “%(what)s”"), what="subject"),
    "custom_field.archived": says(
        "settings", _("%(name)s took the custom field “%(what)s” out of use"), what="subject"
    ),
    "custom_field.restored": says(
        "settings", _("%(name)s took the custom field “%(what)s” into use again"), what="subject"
    ),
    "api_key.created": _changed("link", _("%(name)s made a key")),
    "api_key.renewed": _changed("link", _("%(name)s renewed a key")),
    "api_key.revoked": _changed("link", _("%(name)s ended a key")),
    "webhook_endpoint.created": _changed("link", _("%(name)s set up a webhook")),
    "webhook_endpoint.changed": _changed("link", _("%(name)s changed a webhook")),
    "webhook_endpoint.secret_rotated": _changed("link", _("%(name)s gave a webhook a new secret")),
    "webhook_endpoint.switched_off": _changed(
        "alert", _("A webhook was switched off: its address takes nothing any more")
    ),
    "webhook_endpoint.archived": _changed("link", _("%(name)s ended a webhook")),
    "ledger.checked": _changed("seal", _("The record was checked, and fits")),
    "ledger.faults_found": _changed("alert", _("The record was checked, and does not fit")),
    "import.finished": _import_finished,
    "data.exported": _exported,
    "import.cancelled": _import_cancelled,
    "import.undone": _import_undone,
}


def named_by(rows: Callable[[Actor], Any], name: str) -> Namer:
    """Return a namer: id and `name` of those of `rows(actor)` whose ids are asked for."""

    def namer(actor: Actor, ids: Collection[str]) -> Any:
        return rows(actor).filter(pk__in=ids).order_by().values_list("pk", name)

    return namer


def register() -> None:
    """Fill the registry."""
    for type, renderer in RENDERERS.items():
        register_renderer(type, renderer)
    register_happenings(AGREED, (*OF_ANSWERS, "consent.confirmed"))
    register_happenings(TALKS, [f"activity.{one}" for one in ("logged", "changed", "shared")])
    register_happenings(TALKS, [f"comment.{one}" for one in ("added", "resolved", "reopened")])
    # People who act or are named in an event the reader sees are named to the reader.
    register_namer(named_by(lambda _actor: User.objects.all(), "name"))
    register_namer(named_by(lambda _actor: Participant.objects.all(), "contact__name"))
    register_namer(named_by(lambda _actor: RoomMember.objects.all(), "user__name"))
    register_namer(named_by(lambda actor: AccessRequest.objects.visible_to(actor), "name"))
    register_namer(named_by(lambda actor: Organization.objects.visible_to(actor), "name"))
    register_namer(named_by(lambda actor: Contact.objects.visible_to(actor), "name"))
    register_namer(named_by(lambda actor: Activity.objects.visible_to(actor), "subject"))
    register_namer(named_by(lambda actor: Attachment.objects.visible_to(actor), "name"))
    register_namer(named_by(lambda actor: Task.objects.visible_to(actor), "title"))
    register_namer(named_by(lambda actor: Team.objects.visible_to(actor), "name"))
    register_namer(named_by(lambda _actor: CustomField.objects.all(), "label"))
    register_namer(named_by(readable_keys, "name"))
