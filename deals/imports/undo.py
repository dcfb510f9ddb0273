"""What a run wrote, taken back: activities, who came to a table, deals, people, and clients when nothing hangs on them any more."""

from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from crm.actions.imported_contact import closed_fields, contacts_to_change
from crm.actions.undone_row import Undone, undo_rows
from crm.actors import Actor
from crm.models import (
    Activity,
    Contact,
    Event,
    ImportedRow,
    ImportLine,
    ImportRun,
    LineResult,
    Organization,
    Participant,
    Room,
)
from deals.actions.imported_deal import closed_state, moved_here, rooms_following
from deals.imports.link import own_deals
from deals.models import Assessment, Deal, Stakeholder

_ORDER = ("activity", "stakeholder", "deal", "contact", "organization")


def undo_some(actor: Actor, run: ImportRun, most: int) -> bool:
    """Undo up to `most` rows of a run; return whether there were any."""
    rows = ImportedRow.objects.filter(run=run)
    for subject_type in _ORDER:
        some = list(rows.filter(subject_type=subject_type).select_for_update(of=("self",)).order_by("pk")[:most])
        if some:
            _note(run, _undo(actor, subject_type, some))
            return True
    return False


def _undo(actor: Actor, subject_type: str, rows: list[ImportedRow]) -> Undone:
    ids = [row.subject_id for row in rows]
    if subject_type == "deal":
        rooms = Room.objects.writable_by(actor).filter(deals__in=ids).order_by("pk")
        list(rooms.select_for_update(of=("self",), no_key=True))
        deals = Deal.objects.filter(pk__in=ids)
        closed = partial(closed_state, moved=moved_here(ids))
        return undo_rows(rows, own_deals(actor), _deal_in_use(), rooms_following(deals), closed=closed)
    if subject_type == "contact":
        return undo_rows(rows, contacts_to_change(actor), _contact_in_use(), closed=closed_fields)
    subjects: dict[str, tuple[QuerySet[Any], Q]] = {
        "activity": (Activity.objects.filter(room__in=Room.objects.writable_by(actor)), Q(pk=None)),
        "stakeholder": (Stakeholder.objects.filter(section__deal__in=own_deals(actor)), _stakeholder_in_use()),
        "organization": (Organization.objects.visible_to(actor), _organization_in_use()),
    }
    return undo_rows(rows, *subjects[subject_type])


def _deal_in_use() -> Q:
    """Whatever anybody does in a room is an event of it."""
    happened = Event.objects.filter(room=OuterRef("room"))
    said = Activity.objects.filter(room=OuterRef("room"), archived_at=None)
    return Q(Exists(happened) | Exists(said))


def _stakeholder_in_use() -> Q:
    """Whoever was thought about, or has somebody below them, stays on the map."""
    thought_of = Assessment.objects.filter(stakeholder=OuterRef("pk"))
    above = Stakeholder.objects.filter(reports_to=OuterRef("pk"), archived_at=None)
    return Q(Exists(thought_of) | Exists(above))


def _contact_in_use() -> Q:
    let_in = Participant.objects.filter(contact=OuterRef("pk"))
    on_map = Stakeholder.objects.filter(contact=OuterRef("pk"), archived_at=None)
    return Q(Exists(let_in) | Exists(on_map))


def _organization_in_use() -> Q:
    people = Contact.objects.filter(organization=OuterRef("pk"), archived_at=None)
    deals = Deal.objects.filter(organization=OuterRef("pk"), archived_at=None)
    below = Organization.objects.filter(parent=OuterRef("pk"), archived_at=None)
    return Q(Exists(people) | Exists(deals) | Exists(below))


def _note(run: ImportRun, undone: Undone) -> None:
    """Write into the lines what became of them."""
    _lines(run, undone.gone).update(result=LineResult.UNDONE)
    touched = _("Somebody worked on it here since the import, so it stays.")
    _lines(run, undone.kept).update(result=LineResult.KEPT, words=[touched])
    others = _("It is not yours to change any more, so it stays. Whoever has it can archive it.")
    _lines(run, undone.others).update(result=LineResult.KEPT, words=[others])


def _lines(run: ImportRun, subjects: list[UUID]) -> QuerySet[ImportLine]:
    return ImportLine.objects.filter(run=run, subject_id__in=subjects)
