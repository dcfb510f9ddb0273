"""Keeping an agreed revision: its words are put back as an edit, so that the yes to them is to the present words again."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from crm.actions.version import LOOK_AGAIN, check_version
from crm.actors import Actor
from crm.clock import now
from crm.errors import NotAllowed, NotFound, Refused
from crm.events.record import record
from crm.models import Draftable, Revision
from deals.actions.section import check_words, lock_section, touch_section, write_row
from deals.models import Criterion, ProblemStatement, Section, SectionKind
from deals.queries.content import CRITERION_FIELDS, STATEMENT_FIELDS
from deals.queries.section import get_section

_ROWS: dict[str, tuple[type[Draftable], tuple[str, ...]]] = {
    SectionKind.PROBLEM: (ProblemStatement, ("part", *STATEMENT_FIELDS)),
    SectionKind.CRITERIA: (Criterion, CRITERION_FIELDS),
}


@transaction.atomic
def keep_revision(*, actor: Actor, deal_id: UUID, kind: str, revision_id: UUID, version: int) -> Section:
    """Put the shared rows of a section back to what `revision_id` says. Drafts of either side stay as they are.

    Whoever puts words back stands beside them as who changed them. Raises `NotFound`, `NotAllowed` (also when another side has
    changed, added or taken out what they said), `Stale` when the section was edited since the page was drawn, and `Refused`
    when the revision was erased.
    """
    if not actor.is_seller:
        raise NotAllowed(_("Only the selling side puts agreed words back."))
    if kind not in _ROWS:
        raise NotFound
    section = get_section(actor, deal_id, kind)
    revision = Revision.objects.visible_to(actor).filter(pk=revision_id, subject_id=section.pk, kind=kind).first()
    if revision is None:
        raise NotFound
    if revision.content is None:
        raise Refused(_("The words of this revision were erased."), code="erased")
    room, _deal, locked = lock_section(actor, section)
    check_version(locked, version, LOOK_AGAIN)
    _put_back(actor, locked, revision.content)
    locked.content_hash = revision.content_hash  # words of an old schema come back with the hash they were agreed with
    touch_section(locked)
    data = {"deal": str(deal_id), "section": kind, "revision": str(revision.pk), "revision_number": revision.number}
    record("section.restored", actor=actor, room=room, subject=locked, data=data)
    return locked


def _put_back(actor: Actor, section: Section, content: Mapping[str, Any]) -> None:
    model, fields = _ROWS[section.kind]
    every: models.QuerySet[Any] = model._default_manager.filter(section=section)  # type: ignore[misc]
    rows = {row.pk: row for row in every.select_for_update(of=("self",), no_key=True)}
    at, kept = now(), set()
    for position, values in enumerate(_rows(section.kind, content)):
        row = rows.get(UUID(values["id"]))
        if row is None:
            raise Refused(_("One of these lines is gone for good. Write it anew."), code="row_gone")
        words = {name: _value(row, name, values.get(name)) for name in fields}
        if row.position != position:
            row.position = position
            row.save(update_fields=["position"])
        if row.archived_at is not None or any(getattr(row, name) != value for name, value in words.items()):
            write_row(actor, row, words | {"archived_at": None})
        kept.add(row.pk)
    for row in rows.values():
        if row.pk not in kept and not row.is_draft and row.archived_at is None:
            check_words(actor, row)
            row.archived_at = row.updated_at = at
            row.version += 1
            row.save(update_fields=["archived_at", "updated_at", "version"])


def _rows(kind: str, content: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if kind == SectionKind.PROBLEM:
        for part, rows in content["problem"].items():
            for row in rows:
                yield {**row, "part": part}
    else:
        yield from content["criteria"]


def _value(row: Draftable, name: str, value: Any) -> Any:
    """Read a value of a snapshot; what is left out there stands at its default."""
    field = row._meta.get_field(name.removesuffix("_id"))
    if value is None:
        return None if field.null else field.get_default()  # type: ignore[union-attr]
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    return target.to_python(value)  # type: ignore[union-attr]
