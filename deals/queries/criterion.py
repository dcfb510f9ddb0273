"""Reading success criteria, and what each lacks for two people to measure it and get the same number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.actors import Actor
from crm.models import WRITERS, Comment, Contact, Participant, Revision, RoomMember, Side, User
from crm.queries.comment import Thread, threads_of
from crm.rules.content_diff import ChangeKind, diff_content
from deals.models import Criterion, Deal, Section, Stakeholder
from deals.queries.comment import comments_beside
from deals.queries.content import section_snapshot
from deals.queries.lines import field_words
from deals.rules.criterion import Check, CriterionData, Missing, MissingCode, checks_for, missing_for_measurable

Words = str | Promise

_SAID: dict[Check, Words] = {
    Check.COUNTED: _("It says what is counted"),
    Check.DIRECTION: _("It says which way is better"),
    Check.UNIT: _("It has a unit"),
    Check.BASELINE: _("It says how many it is today"),
    Check.TARGET: _("It has a target"),
    Check.DUE: _("It has a date"),
    Check.MEASURER: _("It says who measures"),
    Check.SOURCE: _("It says from what"),
    Check.FREQUENCY: _("It says how often"),
    Check.BUYER_OWNER: _("Somebody on the buying side owns it"),
    Check.SELLER_OWNER: _("Somebody on the selling side owns it"),
}
_MISSING: dict[MissingCode, tuple[Words, Words]] = {
    MissingCode.COUNTED: (_("What is counted?"), _("Which things, where, since when?")),
    MissingCode.DIRECTION: (_("Which way is better?"), _("Up, down, or staying where it is.")),
    MissingCode.UNIT: (_("In which unit?"), _("Percent, hours a week, dollars a year.")),
    MissingCode.BASELINE_VALUE: (_("How many is it today?"), _("Without it nobody can say what changed.")),
    MissingCode.BASELINE_DATE: (_("On which day was that counted?"), _("A number without a day cannot be compared.")),
    MissingCode.TARGET: (_("How many shall it be?"), _("A target is a number: for example 30.")),
    MissingCode.TARGET_IS_NO_NUMBER: (_("The target is not a number"), _("From how many to how many?")),
    MissingCode.TARGET_IS_BASELINE: (_("Target and today are the same"), _("Then nothing would change.")),
    MissingCode.TARGET_IS_WORSE: (_("The target goes the other way"), _("Look at the direction again.")),
    MissingCode.DUE: (_("By when?"), _("One day that both of you can name.")),
    MissingCode.DUE_BEFORE_BASELINE: (_("It is due before it was counted"), _("Is one of the years wrong?")),
    MissingCode.MEASURER: (_("Nobody counts it now"), _("Who writes it down?")),
    MissingCode.SOURCE: (_("From what is it counted?"), _("A list, a system, a count.")),
    MissingCode.FREQUENCY: (_("How often is it counted?"), _("Every week, month, or quarter.")),
    MissingCode.BUYER_OWNER: (_("Nobody on the buying side owns it"), _("One person, by name.")),
    MissingCode.SELLER_OWNER: (_("Nobody on the selling side owns it"), _("One person, by name.")),
}


@dataclass(frozen=True)
class CheckLine:
    """One line of the plain-language check: answered, or the question that is open and a hint."""

    is_open: bool
    words: Words
    hint: Words = ""


@dataclass(frozen=True)
class CriterionView:
    """One criterion as the page shows it. `change` is "", added or changed; `was` the fields before, in words, when they changed."""

    row: Criterion
    missing: Sequence[Missing]
    checks: Sequence[CheckLine]
    change: str = ""
    was: Mapping[str, str] = field(default_factory=dict)
    comments: Sequence[Comment] = ()
    draft: Criterion | None = None

    @property
    def threads(self) -> list[Thread]:
        """What both sides read, thread by thread."""
        return threads_of(one for one in self.comments if not one.private_to)

    @property
    def private_comments(self) -> list[Comment]:
        """What only our side reads."""
        return [one for one in self.comments if one.private_to]


def missing_of(criterion: Criterion) -> list[Missing]:
    """Return what the criterion lacks for two people to measure it and get the same number."""
    return missing_for_measurable(criterion_data(criterion))


def missing_words(missing: Missing) -> str:
    """Return what is missing in words: "Nobody counts it now"."""
    return str(_MISSING[missing.code][0])


def criterion_data(criterion: Criterion) -> CriterionData:
    """Return the criterion as the rules look at it."""
    return CriterionData(
        counted=criterion.counted_as or criterion.title,
        direction=criterion.direction,
        unit=criterion.unit,
        baseline_value=criterion.baseline,
        baseline_on=criterion.baseline_on,
        target_value=criterion.target,
        due_on=criterion.due_on,
        measured_by=criterion.measured_by,
        source=criterion.source,
        frequency=criterion.frequency,
        buyer_owner=str(criterion.buyer_owner_id or ""),
        seller_owner=str(criterion.seller_owner_id or ""),
    )


def check_lines(data: CriterionData) -> list[CheckLine]:
    """Return the check in words, what is answered first."""
    missing = {one.check: one.code for one in missing_for_measurable(data)}
    asked = checks_for(data)
    answered = [CheckLine(False, _SAID[check]) for check in asked if check not in missing]
    return answered + [CheckLine(True, *_MISSING[missing[check]]) for check in asked if check in missing]


def criteria_views(actor: Actor, section: Section, since: Revision | None) -> list[CriterionView]:
    """Return the criteria the actor's side sees, marked with what changed `since` an earlier revision."""
    related = ("buyer_owner", "seller_owner", *WRITERS)
    rows = list(Criterion.objects.visible_to(actor).filter(section=section).select_related(*related))
    comments = comments_beside(actor, [row.pk for row in rows])
    drafts = {row.replaces_id: row for row in rows if row.replaces_id}
    changes = _changes(section, since)
    views = []
    for row in rows:
        if row.replaces_id is None:
            change, was = changes.get(str(row.pk), ("", {}))
            checks = check_lines(criterion_data(row))
            beside = comments.get(row.pk, ())
            views.append(CriterionView(row, missing_of(row), checks, change, was, beside, drafts.get(row.pk)))
    return views


def _changes(section: Section, since: Revision | None) -> dict[str, tuple[str, dict[str, str]]]:
    found: dict[str, tuple[str, dict[str, str]]] = {}
    if since is not None and since.content is not None and since.content_hash != section.content_hash:
        units = {str(row["id"]): str(row.get("unit", "")) for row in since.content.get("criteria", ())}
        for change in diff_content(since.content, section_snapshot(section).content):
            if not change.row_id:
                continue
            kind, was = found.get(change.row_id, ("changed", {}))
            if not change.field and change.kind == ChangeKind.ADDED:
                kind = "added"
            elif change.field:
                row = {"unit": units.get(change.row_id, ""), change.field: change.before}
                was[change.field] = field_words(row, change.field, {})
            found[change.row_id] = (kind, was)
    return found


def possible_owners(actor: Actor, deal: Deal) -> tuple[list[Contact], list[User]]:
    """Return who could own a criterion: the buying side's people on the deal, and ours."""
    grants = Participant.objects.visible_to(actor).active().filter(room=deal.room_id, side=Side.BUYER)
    people = Stakeholder.objects.visible_to(actor).filter(section__deal=deal)
    contacts = Contact.objects.visible_to(actor).filter(
        Q(pk__in=grants.values("contact")) | Q(pk__in=people.filter(side=Side.BUYER).values("contact")),
        archived_at=None,
    )
    members = RoomMember.objects.filter(room=deal.room_id).values("user")
    users = User.objects.active().filter(
        Q(pk__in=members) | Q(pk__in=people.values("user")) | Q(pk__in=[deal.owner_id, deal.success_owner_id])
    )
    return list(contacts.order_by("name")), list(users.order_by("name"))
