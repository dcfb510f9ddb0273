"""What every page of the room has around it: the title, the people, the tabs, and a word on what was done."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.actors import Actor
from crm.models import Room, Side
from crm.queries.room_people import names_for_an_at, people_at_table
from crm.registry import room_panels

SAID: dict[str, Promise] = {
    "saved": _("Saved. Everybody at the table sees it."),
    "merged": _("Saved. Somebody else changed other words meanwhile; both changes are kept."),
    "kept": _("Saved as your side’s draft. Nobody else sees it yet."),
    "shared": _("Shared. Everybody at the table sees it now."),
    "file-added": _("Added. Everybody here can open it as soon as it is checked."),
    "file-out": _("Taken out. Nobody can open it any more; that it was here stays."),
    "file-kept": _("Added. Only your side sees it."),
    "removed": _("Taken out. What it said before is kept in the history."),
    "sent": _("Sent. Everybody at the table can read it."),
    "settled": _("It stands as settled, with your name."),
    "not-settled": _("It is open again."),
    "withdrawn": _("You took your yes back. Both sides see it."),
    "reopened": _("You can be asked about this again."),
    "confirmed": _("Thank you. It is marked as right."),
    "contested": _("Noted. What was written down counts no more; nothing goes on until you have answered yourself."),
    "writing-shown": _("Others see when you write in a section."),
    "writing-hidden": _("Nobody sees when you write."),
    "session-ended": _("That sign-in has ended."),
    "reminder": _("You get one mail then, unless you have answered."),
    "no-reminder": _("No reminder comes."),
    "mails": _("Saved. These mails come, the others do not."),
    "asked-in": _("Asked. Whoever invited you answers here."),
    "let-in": _("The invitation is on its way to them."),
    "request-withdrawn": _("You took that back."),
    "data-asked": _("Asked. You see the answer here, and get a mail."),
    "passkey-added": _("Added. Next time this device lets you in."),
    "passkey-removed": _("Taken away. That device no longer lets you in."),
}
"""What a page may say after a redirect: `?said=saved`. Fixed words, so that a link cannot put others there."""
SAID_TO_PARTNER: dict[str, Promise] = {
    "kept": _("Saved as your draft. Nobody else sees it yet."),
    "file-kept": _("Added. Only you see it."),
}
"""What is said otherwise to a partner, whose private rows nobody else reads."""


@dataclass(frozen=True)
class Said:
    """A message for the frame; the room has no session to keep one in."""

    text: str
    level_tag: str = "success"

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Tab:
    """A tab of the room."""

    label: str | Promise
    url: str
    current: bool


def room_of(actor: Actor) -> Room:
    """Return the room a participant acts in."""
    if actor.participant is None:
        raise TypeError("Only a participant is in a room.")
    return actor.participant.room


def side_words(actor: Actor) -> str:
    """Return what the actor's own side is called: their organisation. A partner's is never the client, wherever they are entered."""
    person = actor.participant
    organization = person.contact.organization if person else None
    if person is None or organization is None:
        return str(_("your side"))
    of_client = organization.pk == person.room.organization_id
    return str(_("your firm")) if person.side == Side.PARTNER and of_client else organization.name


def show(
    request: HttpRequest, actor: Actor, template: str, context: dict[str, Any], *, current: str = "", status: int = 200
) -> HttpResponse:
    """Render a page of the room; `current` names the panel whose tab is lit."""
    room = room_of(actor)
    people = people_at_table(room)
    known = SAID | SAID_TO_PARTNER if actor.side == Side.PARTNER else SAID
    words = known.get(request.GET.get("said", ""))
    frame = {
        "actor": actor,
        "me": actor.participant,
        "room": room,
        "people": people,
        "side_words": side_words(actor),
        "sellers": [one for one in people if one.side == Side.SELLER],
        "buyers": [one for one in people if one.side == Side.BUYER],
        "tabs": [Tab(panel.label, url, panel.name == current) for panel, url in room_panels(actor, room)],
        "people_to_name": names_for_an_at(people, actor.participant.contact_id) if actor.participant else [],
        "once": uuid4().hex,
        "said": [Said(str(words))] if words else [],
    }
    return render(request, template, frame | context, status=status)
