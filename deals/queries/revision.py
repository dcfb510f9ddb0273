"""Reading revisions: two of them side by side or in one text, and who agreed to which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Max

from crm.actors import Actor
from crm.models import Answer, Consent, Revision
from crm.queries.consent import consents_about
from crm.rules.canonical import canonical_value
from crm.rules.words import Piece, PieceKind, WordCounts, count_words, diff_words
from deals.models import ProblemPart, ProblemStatement, Section
from deals.queries.content import STATEMENT_FIELDS, row_content, section_snapshot
from deals.queries.lines import criterion_words, field_label, owner_names, statement_words


@dataclass(frozen=True)
class RevisionView:
    """One revision, or the present words when they were never asked about (`revision` None)."""

    revision: Revision | None
    content: Mapping[str, Any]
    content_hash: str
    consents: Sequence[Consent] = ()

    @property
    def key(self) -> str:
        """How the address names it."""
        return str(self.revision.number) if self.revision else "now"

    @property
    def glyph(self) -> str:
        """What the glyph shows for this revision."""
        answers = {one.answer for one in self.consents}
        for answer, glyph in (
            (Answer.AGREED, "both"),
            (Answer.CHANGE, "change"),
            (Answer.DECLINED, "declined"),
            (Answer.WITHDRAWN, "declined"),
            (Answer.ASKED, "seller"),
        ):
            if answer in answers:
                return glyph
        return "none"


@dataclass(frozen=True)
class PartDiff:
    """One heading in both revisions."""

    label: str
    before: str
    after: str

    @cached_property
    def pieces(self) -> list[Piece]:
        """The difference, word by word."""
        return diff_words(self.before, self.after)

    @property
    def is_changed(self) -> bool:
        """Whether the two differ."""
        return self.before != self.after

    @property
    def left(self) -> list[Piece]:
        """The earlier text, with what is gone marked."""
        return [piece for piece in self.pieces if piece.kind != PieceKind.ADDED]

    @property
    def right(self) -> list[Piece]:
        """The later text, with what came marked."""
        return [piece for piece in self.pieces if piece.kind != PieceKind.REMOVED]


@dataclass(frozen=True)
class Comparison:
    """Two revisions of a section and all there are to choose from, newest first."""

    before: RevisionView
    after: RevisionView
    all: Sequence[RevisionView]
    parts: Sequence[PartDiff]

    @property
    def changed(self) -> list[PartDiff]:
        """The parts that differ."""
        return [part for part in self.parts if part.is_changed]

    @property
    def same_count(self) -> int:
        """How many parts are word for word the same."""
        return len(self.parts) - len(self.changed)

    @property
    def counts(self) -> WordCounts:
        """What changed, counted."""
        return sum((count_words(part.pieces) for part in self.changed), WordCounts())


def get_comparison(actor: Actor, section: Section, before: str, after: str) -> Comparison | None:
    """Return two revisions compared; by default the newest agreed one with the present words. None while there is none."""
    views = _views(actor, section)
    if not views:
        return None
    by_key = {view.key: view for view in views}
    newest = by_key.get(after, views[0])
    agreed = next((view for view in views if view.glyph == "both" and view is not newest), None)
    older = views[min(views.index(newest) + 1, len(views) - 1)]
    earlier = by_key.get(before, agreed or older)
    names = owner_names(row for one in (earlier, newest) for row in one.content.get("criteria", ()))
    left, right = document(earlier.content, names), document(newest.content, names)
    labels = {
        **{key: label for key, (label, _text) in left.items()},
        **{key: label for key, (label, _text) in right.items()},
    }
    order = [*right, *(key for key in left if key not in right)]
    parts = [PartDiff(labels[key], left.get(key, ("", ""))[1], right.get(key, ("", ""))[1]) for key in order]
    return Comparison(earlier, newest, views, parts)


def _views(actor: Actor, section: Section) -> list[RevisionView]:
    revisions = Revision.objects.visible_to(actor).filter(subject_id=section.pk, kind=section.kind)
    consents = consents_about(actor, [section.pk]).get(section.pk, [])
    views = [
        RevisionView(
            revision,
            revision.content or {},
            revision.content_hash,
            [one for one in consents if one.revision_id == revision.pk],
        )
        for revision in revisions.select_related("by_user", "by_contact").order_by("-number")
    ]
    now = section_snapshot(section)
    if views and all(view.content_hash != now.content_hash for view in views):
        views.insert(0, RevisionView(None, now.content, now.content_hash))
    return views


def next_number(actor: Actor, section: Section) -> int:
    """Return the number the next revision of a section will have."""
    cut = Revision.objects.visible_to(actor).filter(subject_id=section.pk, kind=section.kind)
    return (cut.aggregate(last=Max("number"))["last"] or 0) + 1


def document(content: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return a snapshot as headings with their text, by a stable key. `names` are people by id."""
    if "problem" in content:
        parts = content["problem"]
        return {
            part.value: (str(part.label), "\n".join(statement_words(row) for row in parts[part.value]))
            for part in ProblemPart
            if parts.get(part.value)
        }
    rows: Sequence[Mapping[str, Any]] = content.get("criteria", ())
    return {str(row["id"]): (str(row.get("title", "")), _criterion(row, names)) for row in rows}


def _criterion(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    said = [
        (field_label("title"), str(row.get("title", ""))),
        *((label, words) for _f, label, words in criterion_words(row, names)),
    ]
    return "\n".join(f"{label}: {words}" for label, words in said)


def is_said_otherwise(actor: Actor, section: Section, agreed: Revision) -> bool:
    """Whether another side has changed, added or taken out what they said since `agreed`: then only they put it back."""
    parts: Mapping[str, Any] = (agreed.content or {}).get("problem", {})
    then = {row["id"]: row for rows in parts.values() for row in rows}
    for row in ProblemStatement.objects.filter(section=section, private_to=""):
        now = canonical_value(row_content(row, STATEMENT_FIELDS)) if row.archived_at is None else None
        if not row.may_be_changed_by(actor) and now != then.get(str(row.pk)):
            return True
    return False
