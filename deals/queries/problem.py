"""Reading the problem: statements by part, what changed since it was agreed, what is said beside each."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from crm.actors import Actor
from crm.models import WRITERS, Comment, Revision
from crm.queries.comment import Thread, threads_of
from crm.rules.content_diff import Change, ChangeKind, diff_content
from crm.rules.words import Piece, PieceKind
from deals.models import ProblemPart, ProblemStatement, Section
from deals.queries.comment import comments_beside
from deals.queries.content import section_snapshot


@dataclass(frozen=True)
class StatementView:
    """One statement as the page shows it.

    `row` is None for one that was taken out since it was agreed (then `pieces` hold its words). `change` is "", added,
    changed or removed. `was` is the amount before, when it changed. `draft` is our own unshared change to it.
    `may_change` is whether our side may change it: what another side said it may not.
    """

    row: ProblemStatement | None
    pieces: Sequence[Piece]
    change: str = ""
    was: Mapping[str, Any] = field(default_factory=dict)
    comments: Sequence[Comment] = ()
    draft: ProblemStatement | None = None
    may_change: bool = True

    @property
    def threads(self) -> list[Thread]:
        """What both sides read, thread by thread."""
        return threads_of(one for one in self.comments if not one.private_to)

    @property
    def private_comments(self) -> list[Comment]:
        """What only our side reads."""
        return [one for one in self.comments if one.private_to]


@dataclass(frozen=True)
class PartView:
    """One heading with its statements; `changes` counts those that differ from what was agreed."""

    part: str
    label: str
    statements: Sequence[StatementView]

    @property
    def changes(self) -> int:
        """How many statements differ."""
        return sum(1 for one in self.statements if one.change)

    @property
    def is_figures(self) -> bool:
        """Whether the part is read as figures: the cost of doing nothing."""
        return self.part == ProblemPart.COST

    @property
    def is_taken_out(self) -> bool:
        """Whether nothing stands under the heading any more."""
        return not any(one.row for one in self.statements)


@dataclass(frozen=True)
class ProblemDocument:
    """The problem as text. `missing` are the headings under which nothing stands yet."""

    parts: Sequence[PartView]
    missing: Sequence[ProblemPart]

    @property
    def changes(self) -> int:
        """How many statements differ from what was agreed."""
        return sum(part.changes for part in self.parts)


def problem_document(actor: Actor, section: Section, since: Revision | None) -> ProblemDocument:
    """Return the problem as the actor's side sees it, marked with what changed `since` an earlier revision."""
    rows = list(ProblemStatement.objects.visible_to(actor).filter(section=section).select_related(*WRITERS))
    comments = comments_beside(actor, [row.pk for row in rows])
    changes = _changes(section, since)
    drafts = {row.replaces_id: row for row in rows if row.replaces_id}
    by_part: dict[str, list[StatementView]] = defaultdict(list)
    for row in rows:
        if row.replaces_id is None:
            mine = changes.get(str(row.pk), {})
            view = _statement(row, mine, comments.get(row.pk, ()), drafts.get(row.pk))
            by_part[row.part].append(replace(view, may_change=row.may_be_changed_by(actor)))
    for change in (one for fields in changes.values() for one in fields.values()):
        if change.kind == ChangeKind.REMOVED and not change.field and isinstance(change.before, Mapping):
            text = str(change.before.get("text", ""))
            by_part[change.path[-1]].append(StatementView(None, (Piece(PieceKind.REMOVED, text),), "removed"))
    return ProblemDocument(
        [PartView(part.value, str(part.label), by_part[part.value]) for part in ProblemPart if part.value in by_part],
        [part for part in ProblemPart if part.value not in by_part],
    )


def _changes(section: Section, since: Revision | None) -> dict[str, dict[str, Change]]:
    """Return the changes of each row by field; the field is "" where the whole row came or went."""
    found: dict[str, dict[str, Change]] = defaultdict(dict)
    if since is not None and since.content is not None and since.content_hash != section.content_hash:
        for change in diff_content(since.content, section_snapshot(section).content):
            if change.row_id:
                found[change.row_id][change.field] = change
    return found


def _statement(
    row: ProblemStatement, changes: Mapping[str, Change], comments: Sequence[Comment], draft: ProblemStatement | None
) -> StatementView:
    plain = (Piece(PieceKind.SAME, row.text),)
    whole = changes.get("")
    if whole and whole.kind == ChangeKind.ADDED:
        return StatementView(row, (Piece(PieceKind.ADDED, row.text),), "added", {}, comments, draft)
    if not changes:
        return StatementView(row, plain, "", {}, comments, draft)
    text = changes.get("text")
    was = {name: change.before for name, change in changes.items() if name in ("amount", "source", "period")}
    return StatementView(row, text.pieces if text and text.pieces else plain, "changed", was, comments, draft)
