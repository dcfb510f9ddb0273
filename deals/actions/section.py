"""Editing the rows of a section: add, change, share, archive.

Problem, criteria and people check their own fields first.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, cast
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from crm.actions.room import lock_room
from crm.actions.version import check_version
from crm.actors import Actor
from crm.clock import now
from crm.errors import NotAllowed, NotFound, Refused, Stale
from crm.events.record import record
from crm.models import Draftable, Room, private_rows_of
from crm.rules.merge import GivenUp
from deals.actions.set_aside import set_words_aside
from deals.models import Criterion, Deal, ProblemStatement, Section, Stakeholder
from deals.queries.content import section_snapshot

Row = TypeVar("Row", ProblemStatement, Criterion, Stakeholder)
SectionRow = ProblemStatement | Criterion | Stakeholder


def lock_section(actor: Actor, section: Section) -> tuple[Room, Deal, Section]:
    """Lock room, deal and section, in that order.

    Raises `NotFound`, `NotAllowed`, and `Refused` when the deal has ended.
    """
    deal = Deal.objects.visible_to(actor).filter(pk=section.deal_id).first()
    if deal is None:
        raise NotFound
    room = lock_room(actor, deal.room_id)
    deal = Deal.objects.select_for_update(of=("self",), no_key=True).get(pk=deal.pk)
    if deal.has_ended:
        raise Refused(_("This deal has ended. What it says stays as it is."), code="deal_ended")
    locked = Section.objects.select_for_update(of=("self",), no_key=True).get(pk=section.pk)
    return room, deal, locked


def get_row(actor: Actor, model: type[Row], row_id: UUID) -> Row:
    """Return a row the actor may see, with its section. Raises `NotFound`."""
    visible = model.objects.visible_to(actor).select_related("section")
    row: Row | None = visible.filter(pk=row_id).first()
    if row is None:
        raise NotFound
    return row


def touch_section(section: Section) -> None:
    """Raise the version of a locked section and refresh its hash after its rows changed."""
    before, section.content_hash = section.content_hash, section_snapshot(section).content_hash
    section.version += 1
    if section.content_hash != before:
        section.updated_at = now()
    section.save(update_fields=["version", "content_hash", "updated_at"])


def add_row(actor: Actor, section: Section, private: bool, make: Callable[..., Row]) -> Row:
    """Insert a row made by `make(section=…, **common)` at the end of a section, as a draft if `private`."""
    room, _deal, locked = lock_section(actor, section)
    at = now()
    row = make(
        section=locked,
        private_to=actor.side if private else "",
        created_at=at,
        updated_at=at,
        **actor.authorship,
    )
    row.position = _next_position(row)
    row.save(force_insert=True)
    _finish(actor, room, locked, row, "added")
    return row


def _next_position(row: Row) -> int:
    """Return the place after the last that everybody knows of: a gap would tell of the drafts of others."""
    known = type(row).objects.filter(section=row.section, private_to="")
    last: int | None = known.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def edit_row(
    actor: Actor,
    row: Row,
    version: int,
    values: dict[str, Any],
    *,
    private: bool,
    fields: tuple[str, ...],
    draft: UUID | None = None,
    given_up: Sequence[GivenUp] = (),
) -> Row:
    """Change `fields` of a row to `values`, if it is still at `version`.

    A private change to a shared row becomes a draft of the actor's side that replaces it when it is shared; the row
    stays as it is. `draft` is one whose words are in `values` now: it has done its work, and goes if it is still there.
    `given_up` are versions that the actor decided against; they stay readable beside the section.
    Raises `Stale` with the row as it is now when somebody else was faster, and `NotAllowed` when another side said it.
    """
    room, _deal, section = lock_section(actor, row.section)
    current = lock_row(actor, row)
    check_version(current, version)
    check_words(actor, current, values)
    if draft is not None:
        _drop_draft(actor, row, draft)
    is_kept = private and not current.is_draft
    set_words_aside(actor, room, section, current, [one for one in given_up if one.is_mine or not is_kept])
    if is_kept:
        return _draft_change(actor, room, section, current, values, fields)
    changed = [field for field in values if getattr(current, field) != values[field]]
    if not changed:
        return current
    write_row(actor, current, values)
    _finish(actor, room, section, current, "edited")
    return current


def share_row(actor: Actor, row: Row, version: int, fields: tuple[str, ...]) -> Row:
    """Share a draft with everybody in the room. A draft that replaces a row moves its words there and is archived.

    Raises `Stale` when the replaced row has changed since the draft was begun: `current` is that row.
    """
    room, _deal, section = lock_section(actor, row.section)
    draft = lock_row(actor, row)
    check_version(draft, version)
    if not draft.is_draft:
        return draft
    replaces = getattr(draft, "replaces", None)
    if replaces is None:
        draft.private_to = ""
        draft.version += 1
        draft.updated_at = now()
        draft.save(update_fields=["private_to", "version", "updated_at"])
        _finish(actor, room, section, draft, "shared")
        return draft
    target = lock_row(actor, replaces)
    if target.version != draft.base_version:
        raise Stale(_("What this draft changes was changed meanwhile. Compare both."), current=target)
    write_row(actor, target, {field: getattr(draft, field) for field in fields})
    draft.archived_at = now()
    draft.save(update_fields=["archived_at"])
    _finish(actor, room, section, target, "edited")
    return cast(Row, target)


def archive_row(actor: Actor, row: Row, version: int) -> None:
    """Take a row out of its section; history keeps it.

    Drafts to it that the actor reads go with it. Those of others, whom nobody asked, stay as drafts of their own.
    Raises `NotAllowed` when another side said what stands there.
    """
    room, _deal, section = lock_section(actor, row.section)
    current = lock_row(actor, row)
    check_version(current, version)
    check_words(actor, current)
    current.archived_at = current.updated_at = now()
    current.version += 1
    current.save(update_fields=["archived_at", "updated_at", "version"])
    drafts = current.drafts.filter(archived_at=None)
    drafts.filter(private_rows_of(actor)).update(archived_at=current.archived_at)
    drafts.update(replaces=None, base_version=None)
    _finish(actor, room, section, current, "archived")


def _drop_draft(actor: Actor, row: Row, draft_id: UUID) -> None:
    """Take out a draft of the actor's, in the section of `row`."""
    drafts = type(row).objects.visible_to(actor).select_related("section").exclude(private_to="")
    draft = drafts.filter(pk=draft_id, section=row.section_id).exclude(pk=row.pk).first()
    if draft is not None:
        archive_row(actor, draft, draft.version)


def lock_row(actor: Actor, row: Row) -> Row:
    """Lock a row of an already locked section. Raises `NotFound` when it has gone or is another side's draft."""
    visible = type(row).objects.visible_to(actor).select_for_update(of=("self",), no_key=True)
    locked: Row | None = visible.filter(pk=row.pk).first()
    if locked is None:
        raise NotFound
    return locked


def check_words(actor: Actor, row: Draftable, values: Mapping[str, Any] | None = None) -> None:
    """Raise `NotAllowed` when another side said what stands there, or what `values` would change of it."""
    touched = (field for field, value in (values or {}).items() if getattr(row, field) != value)
    if not row.may_be_changed_by(actor) or set(touched).intersection(row.fields_of_others(actor)):
        words = _(
            "Only the side that said this changes it or takes it out. Answer beside it, or write a line of your own."
        )
        raise NotAllowed(words, code="not_yours")


def write_row(actor: Actor, row: Draftable, values: dict[str, Any]) -> None:
    """Write words into a locked row, under the name of who acts. Raises `NotAllowed` when another side said them."""
    check_words(actor, row, values)
    for field, value in values.items():
        setattr(row, field, value)
    check_words(actor, row)  # nor becomes what another side wrote something that they said
    row.changed_by_user = actor.user
    row.changed_by_contact = actor.participant.contact if actor.participant else None
    row.version += 1
    row.updated_at = now()
    row.save(update_fields=[*values, "changed_by_user", "changed_by_contact", "version", "updated_at"])


def _draft_change(
    actor: Actor, room: Room, section: Section, row: Row, values: dict[str, Any], fields: tuple[str, ...]
) -> Row:
    existing = row.drafts.filter(private_rows_of(actor), archived_at=None).exclude(private_to="").first()
    if existing is not None:
        raise Stale(
            _("Your side has a draft of this already. Go on with that one."), current=existing, code="draft_exists"
        )
    at = now()
    draft = type(row)(
        section=section,
        replaces=row,
        base_version=row.version,
        private_to=actor.side,
        position=row.position,
        created_at=at,
        updated_at=at,
        **{field: getattr(row, field) for field in fields},
        **actor.authorship,
    )
    for field, value in values.items():
        setattr(draft, field, value)
    draft.save(force_insert=True)
    _finish(actor, room, section, draft, "added")
    return draft


def _finish(actor: Actor, room: Room, section: Section, row: SectionRow, verb: str) -> None:
    """Record what happened, and refresh the section. Of a draft nobody but its own side learns, nor when one was written."""
    if not row.is_draft:
        touch_section(section)
    name = row._meta.model_name
    data = {"deal": str(section.deal_id), "section": section.kind, "version": row.version}
    record(f"{name}.{verb}", actor=actor, room=room, subject=row, private_to=row.private_to, data=data)
