"""Reading a section row by row: what is shared, the own side's drafts, and what was said beside each row."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from crm.actors import Actor
from crm.models import WRITERS, Comment, Draftable, Participant, Side
from crm.queries.comment import WRITTEN_BY, Thread, threads_of
from deals.models import Criterion, ProblemPart, ProblemStatement, Section, SectionKind, Stakeholder
from deals.queries.criterion import CheckLine, check_lines, criterion_data

ROWS: dict[str, Any] = {
    SectionKind.PROBLEM: ProblemStatement,
    SectionKind.CRITERIA: Criterion,
    SectionKind.PEOPLE: Stakeholder,
}
_PEOPLE = {
    SectionKind.PROBLEM: WRITERS,
    SectionKind.CRITERIA: (*WRITERS, "buyer_owner", "seller_owner"),
    SectionKind.PEOPLE: (*WRITERS, "contact__organization", "user", "reports_to__contact", "reports_to__user"),
}


@dataclass(frozen=True)
class RowView:
    """One row. `draft` is the own side's unshared change to it; `missing` what a criterion lacks to be measured.

    `may_change` is whether the actor's side may change it: what another side said it may not.
    """

    row: Any
    draft: Draftable | None = None
    comments: Sequence[Comment] = ()
    missing: Sequence[CheckLine] = field(default=())
    may_change: bool = True

    @property
    def threads(self) -> list[Thread]:
        """What is said about the row, thread by thread."""
        return threads_of(self.comments)


@dataclass(frozen=True)
class SideOfMap:
    """The people of one side; `name` is what the side is called, empty for partners."""

    side: str
    name: str
    rows: Sequence[RowView]


@dataclass(frozen=True)
class PartOfPage:
    """One heading of the problem with its rows."""

    part: str
    label: str
    rows: Sequence[RowView]


def section_rows(actor: Actor, section: Section) -> list[RowView]:
    """Return the rows the actor's side sees, in order; changes that are still drafts hang on the row they change."""
    model, people = ROWS[section.kind], _PEOPLE[SectionKind(section.kind)]
    rows = list(model.objects.visible_to(actor).filter(section=section).select_related(*people))
    drafts = {row.replaces_id: row for row in rows if row.replaces_id}
    beside: dict[Any, list[Comment]] = defaultdict(list)
    comments = Comment.objects.visible_to(actor).filter(room=section.deal.room_id, section=section.kind)
    for comment in comments.select_related(*WRITTEN_BY):
        beside[comment.subject_id].append(comment)
    is_measured = section.kind == SectionKind.CRITERIA
    return [
        RowView(
            row, drafts.get(row.pk), beside[row.pk], _missing(row) if is_measured else (), row.may_be_changed_by(actor)
        )
        for row in rows
        if row.replaces_id is None
    ]


def _missing(row: Criterion) -> list[CheckLine]:
    return [line for line in check_lines(criterion_data(row)) if line.is_open]


def problem_parts(actor: Actor, rows: Sequence[RowView]) -> list[PartOfPage]:
    """Return the rows of the problem under its headings, in the order they are read, empty headings included."""
    return [
        PartOfPage(part.value, part.label_for(actor.side), [view for view in rows if view.row.part == part.value])
        for part in ProblemPart
    ]


def people_by_side(rows: Sequence[RowView], client: str) -> list[SideOfMap]:
    """Return the people of the map side by side: the client's, ours, partners. A side without anybody is left out."""
    names = {Side.BUYER: client, Side.SELLER: settings.ORGANIZATION_SHORT_NAME, Side.PARTNER: ""}
    sides = [SideOfMap(side, name, [view for view in rows if view.row.side == side]) for side, name in names.items()]
    return [one for one in sides if one.rows]


def left_out(section: Section) -> list[str]:
    """Return the names of those in the room whose access leaves this section out: everybody else there reads it."""
    grants = Participant.objects.active().filter(room=section.deal.room_id).select_related("contact")
    return [grant.contact.name for grant in grants.order_by("invited_at", "id") if not grant.sees(section.kind)]
