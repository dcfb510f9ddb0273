"""The brief as it is read: each item in words, group by group, with its questions, and where the review stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm import formats
from crm.actors import Actor
from crm.clock import today
from crm.models import Contact, User
from deals.models import ProblemPart, SectionKind, StakeholderRole, Weight
from handoff.models import BriefItem, Handoff, ItemKind, ItemQuestion, ItemState
from handoff.queries.risk import heading_of
from handoff.rules.brief import RISKS

GROUP_LABELS: dict[str, str | Promise] = {
    SectionKind.CRITERIA.value: gettext_lazy("Success criteria"),
    SectionKind.PROBLEM.value: gettext_lazy("Problem"),
    SectionKind.PEOPLE.value: gettext_lazy("People"),
    RISKS: gettext_lazy("Open risks"),
}


@dataclass(frozen=True)
class ReviewItem:
    """One item in words: `heading`, `detail`, and short `tags`. `questions` in the order they were asked."""

    item: BriefItem
    heading: str
    detail: str
    tags: tuple[str, ...] = ()
    side: str = ""
    questions: tuple[ItemQuestion, ...] = ()

    @property
    def open_question(self) -> ItemQuestion | None:
        """The question that waits for its answer."""
        return next((one for one in self.questions if one.is_open), None)

    @property
    def is_answered(self) -> bool:
        """Whether there is an answer to read."""
        return self.item.state == ItemState.QUESTION and self.open_question is None


@dataclass(frozen=True)
class ReviewGroup:
    """The items of one section, or the risks."""

    name: str
    label: str
    items: tuple[ReviewItem, ...]

    @property
    def clear_count(self) -> int:
        """How many are clear."""
        return sum(one.item.is_clear for one in self.items)

    @property
    def is_clear(self) -> bool:
        """Whether all are."""
        return self.clear_count == len(self.items)


@dataclass(frozen=True)
class Quote:
    """What somebody said, from the agreed problem."""

    text: str
    footer: str


@dataclass(frozen=True)
class Review:
    """A brief with where it stands."""

    groups: tuple[ReviewGroup, ...]
    quotes: tuple[Quote, ...] = field(default=())

    @property
    def items(self) -> list[ReviewItem]:
        """All items in order."""
        return [item for group in self.groups for item in group.items]

    @property
    def item_count(self) -> int:
        """How many there are."""
        return len(self.items)

    @property
    def clear_count(self) -> int:
        """How many are clear."""
        return sum(group.clear_count for group in self.groups)

    @property
    def asked_count(self) -> int:
        """How many questions wait for an answer."""
        return sum(one.open_question is not None for one in self.items)

    @property
    def answered_count(self) -> int:
        """How many answers wait to be read."""
        return sum(one.is_answered for one in self.items)

    @property
    def unseen_count(self) -> int:
        """How many nobody has looked at."""
        return sum(one.item.state == ItemState.TO_REVIEW for one in self.items)


def review_of(actor: Actor, handoff: Handoff) -> Review:
    """Return the brief as the actor reads it; a participant without questions, risks and what is outside the grant."""
    questions = ItemQuestion.objects.visible_to(actor).select_related("asked_by", "answered_by")
    visible = BriefItem.objects.visible_to(actor).filter(handoff=handoff).select_related("cleared_by")
    items = list(visible.prefetch_related(Prefetch("questions", questions)))
    names = _Names(items)
    groups = []
    for name in dict.fromkeys(item.group for item in items):
        rows = tuple(_in_words(item, names) for item in items if item.group == name)
        groups.append(ReviewGroup(name, str(GROUP_LABELS.get(name, name)), rows))
    return Review(tuple(groups), tuple(_quotes(items)))


class _Names:
    """The names behind the ids in the items' contents, in two queries."""

    def __init__(self, items: Sequence[BriefItem]) -> None:
        users = {item.content.get(key) for item in items for key in ("seller_owner_id", "by", "user_id")}
        contacts = {item.content.get(key) for item in items for key in ("buyer_owner_id", "contact_id")}
        self._users = _by_id(User.objects.filter(pk__in=_ids(users)))
        self._contacts = _by_id(Contact.objects.filter(pk__in=_ids(contacts)))

    def user(self, user_id: str | None) -> str:
        return self._users.get(user_id or "", "")

    def contact(self, contact_id: str | None) -> str:
        return self._contacts.get(contact_id or "", "")


def _ids(values: Iterable[Any]) -> list[UUID]:
    return [UUID(value) for value in values if value]


def _by_id(people: Any) -> dict[str, str]:
    return {str(pk): name for pk, name in people.values_list("pk", "name")}


def _in_words(item: BriefItem, names: _Names) -> ReviewItem:
    questions = tuple(item.questions.all())
    if item.kind == ItemKind.WAIVER:
        words = {"name": names.user(item.content["by"]), "day": _day(item.content["at"][:10]), "reason": item.body}
        detail = _("%(name)s waived this gate on %(day)s: %(reason)s") % words
        return ReviewItem(item, heading_of(item), detail, (_("Waived"),), questions=questions)
    if item.kind != ItemKind.AGREED:
        return ReviewItem(item, heading_of(item), item.body, (item.get_kind_display(),), questions=questions)
    match item.group:
        case SectionKind.CRITERIA:
            return ReviewItem(item, *_criterion(item, names), questions=questions)
        case SectionKind.PROBLEM:
            return ReviewItem(item, str(ProblemPart(item.content["part"]).label), _statement(item), questions=questions)
    roles = tuple(str(StakeholderRole(role).label) for role in item.content.get("roles", ()))
    detail = f"{item.body}\n{_('A guess, not their own words.')}" if item.content.get("is_guess") else item.body
    return ReviewItem(item, item.title, detail, roles, item.content.get("side", ""), questions)


def _criterion(item: BriefItem, names: _Names) -> tuple[str, str]:
    row = item.content
    heading = item.title
    if "target" in row:
        heading = _("%(title)s: %(target)s") % {"title": item.title, "target": _number(row, "target")}
    parts = []
    if "baseline" in row:
        words = {"value": _number(row, "baseline"), "day": _day(row["baseline_on"]), "due": _day(row["due_on"])}
        parts.append(_("From %(value)s (%(day)s) by %(due)s.") % words)
    else:
        parts.append(_("By %(due)s.") % {"due": _day(row["due_on"])})
    owners = [names.contact(row.get("buyer_owner_id")), names.user(row.get("seller_owner_id"))]
    if all(owners):
        parts.append(_("%(buyer)s and %(seller)s own it.") % {"buyer": owners[0], "seller": owners[1]})
    if row.get("weight") == Weight.NICE:
        parts.append(_("Nice to have."))
    return heading, " ".join(parts)


def _statement(item: BriefItem) -> str:
    row = item.content
    if not row.get("amount"):
        return item.body
    return f"{item.body} {formats.money(Decimal(row['amount']), row['currency'], formats.babel_locale())}"


def _quotes(items: Sequence[BriefItem]) -> Iterable[Quote]:
    for item in items:
        if item.content.get("part") == ProblemPart.QUOTE:
            said_on = item.content.get("said_on")
            about = [item.content.get("said_by", ""), _day(said_on) if said_on else ""]
            yield Quote(item.body, ", ".join(filter(None, about)))


def _number(row: dict[str, Any], key: str) -> str:
    return formats.number(Decimal(row[key]), formats.babel_locale(), row.get("unit", ""))


def _day(value: str) -> str:
    return formats.day(date.fromisoformat(value), today(), formats.babel_locale())
