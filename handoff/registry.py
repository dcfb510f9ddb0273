"""What `handoff` plugs into the ground and into the app below."""

from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.actors import Actor
from crm.archive_parts import register_archive_part
from crm.day import register_waiting
from crm.errors import Invalid, NotFound, Refused
from crm.happenings import AGREED, NUMBERS, register_happenings
from crm.models import Participant, Role, Side
from crm.registry import (
    ClientBlock,
    ConsentKind,
    register_client_block,
    register_consent_kind,
    register_consumer,
    register_file_holder,
    register_namer,
    register_reaction,
    register_renderer,
    register_room_panel,
    register_today_block,
)
from crm.scopes import register_scope
from crm.web.navigation import NavigationEntry, register_navigation
from deals.queries.next_step import register_after_win
from handoff import exports, notices, personal_data
from handoff.actions import brief, goal, handoff
from handoff.mail import mail_question_back
from handoff.models import Goal, Handoff
from handoff.models.success_plan import SECTION
from handoff.queries.after_win import step_after_win
from handoff.queries.archive import ARCHIVE_PART
from handoff.queries.brief import brief_snapshot
from handoff.queries.goal import reached_snapshot
from handoff.queries.lines import lines_of_brief, lines_of_reached
from handoff.queries.measurement import measured_evidence
from handoff.queries.organization import success_block
from handoff.queries.timeline import EVENT_TYPES, OF_NUMBERS, OF_YESES, goal_names, render_event
from handoff.queries.waiting_for_us import disputed_numbers, handoffs_to_go_through, questions_back
from handoff.room.pages import SUCCESS_PANEL, TODAY_BLOCK

register_scope("success:read", _("Read handoffs, success plans and goals"))
register_scope("success:write", _("Write handoffs, success plans, goals and measurements"))


def _handoffs() -> QuerySet[Handoff]:
    return Handoff.objects.select_related("to_user", "room", "deal")


def _lock_handoff(handoff_id: UUID) -> Handoff:
    found = _handoffs().select_for_update(of=("self",), no_key=True).filter(pk=handoff_id).first()
    if found is None:
        raise NotFound
    return found


def _check_brief_askable(actor: Actor, row: Handoff) -> None:
    if not row.is_accepted:
        raise Refused(_("The brief is confirmed after whoever takes over has accepted it."), code="not_accepted")


def _may_confirm_brief(person: Participant, row: Handoff) -> bool:
    """The brief is confirmed by somebody who can read all of it."""
    if person.side != Side.BUYER:
        return False
    return all(person.sees(group) for group in row.agreed_groups)


def _brief_url(actor: Actor, row: Handoff) -> str:
    if actor.participant:
        return reverse("handoff_room:brief", args=[row.room_id, row.pk])
    return reverse("handoff:handoff", args=[row.pk])


def _goals() -> QuerySet[Goal]:
    return Goal.objects.select_related("plan__room", "plan__deal")


def _lock_goal(goal_id: UUID) -> Goal:
    locked = _goals().select_for_update(of=("self",), no_key=True).filter(pk=goal_id).first()
    if locked is None:
        raise NotFound
    return locked


def _check_goal_askable(actor: Actor, row: Goal) -> None:
    if row.confirmed_at is not None:
        raise Refused(_("This goal is confirmed as reached already."), code="already_confirmed")
    if not row.waits_for_confirmation:
        raise Refused(_("The newest number does not say that this goal is reached."), code="not_reached")


def _goal_url(actor: Actor, row: Goal) -> str:
    if actor.participant:
        return reverse("handoff_room:goal", args=[row.plan.room_id, row.pk])
    return reverse("handoff:goal", args=[row.pk])


def _reached_label(row: Goal) -> str | Promise:
    return _("“%(goal)s” is reached") % {"goal": row.title}


def _named(named: dict[str, UUID | None], what: str) -> UUID:
    """Return the id a REST call gave; whether the actor may see it is told by its room."""
    found = named.get(what)
    if found is None:
        raise Invalid.field(what, _("Say which one."), code="required")
    return found


register_consent_kind(
    ConsentKind(
        name=handoff.BRIEF,
        noun=_("the handoff brief"),
        binding=True,
        is_section=False,
        room_of=lambda row: row.room_id,
        rows=_handoffs,
        lock=_lock_handoff,
        snapshot=brief_snapshot,
        current_hash=lambda row: brief_snapshot(row).content_hash,
        check_askable=_check_brief_askable,
        may_answer=_may_confirm_brief,
        label=lambda _row: _("What is handed over"),
        url=_brief_url,
        lines=lines_of_brief,
        after_yes=lambda row: (
            _("%(name)s works with you on these goals from now on, and you see every number here.")
            % {"name": row.to_user.name}
        ),
        find=lambda _actor, named: _named(named, "handoff"),
        within=lambda row: str(row.deal.title),
    )
)
register_consent_kind(
    ConsentKind(
        name=goal.GOAL_REACHED,
        noun=_("the reached goal"),
        binding=True,
        is_section=False,
        room_of=lambda row: row.plan.room_id,
        rows=_goals,
        lock=_lock_goal,
        snapshot=reached_snapshot,
        current_hash=lambda row: reached_snapshot(row).content_hash,
        check_askable=_check_goal_askable,
        may_answer=lambda person, _row: person.side == Side.BUYER and person.sees(SECTION),
        label=_reached_label,
        url=_goal_url,
        lines=lines_of_reached,
        after_yes=lambda row: (
            _("“%(goal)s” is kept as reached, with your name and the day beside it.") % {"goal": row.title}
        ),
        find=lambda _actor, named: _named(named, "goal"),
        within=lambda row: str(row.plan.deal.title),
    )
)

register_reaction("deal.won", handoff.open_handoff)
register_reaction("deal.win_undone", handoff.cancel_handoff)
register_reaction("deal.changed", handoff.follow_success_owner)
register_reaction("consent.given", handoff.react_to_yes)
register_reaction("consent.given", goal.react_to_yes)
register_reaction("consent.withdrawn", handoff.react_to_withdrawal)
register_reaction("consent.withdrawn", goal.react_to_withdrawal)
register_reaction("consent.withdrawn", brief.react_to_lapsed_consent)
register_reaction("consent.contested", brief.react_to_lapsed_consent)

register_consumer("handoff.mail_question_back", ["brief_item.questioned"], mail_question_back)
register_after_win(step_after_win)

for _type in EVENT_TYPES:
    register_renderer(_type, render_event)
register_happenings(AGREED, OF_YESES)
register_happenings(NUMBERS, OF_NUMBERS)

register_waiting(questions_back)
register_waiting(handoffs_to_go_through)
register_waiting(disputed_numbers)
notices.register()
register_namer(goal_names)
register_file_holder(measured_evidence)
personal_data.register()
exports.register()

register_navigation(
    NavigationEntry(
        _("Handoffs"),
        "baton",
        "handoff:handoffs",
        position=30,
        phone=False,
        home_of=(Role.DELIVERY,),
        shortcut="g h",
    )
)
register_navigation(
    NavigationEntry(
        _("Success"),
        "target",
        "handoff:plans",
        position=40,
        covers=("/goals/",),
        home_of=(Role.SUCCESS,),
        shortcut="g s",
    )
)

register_room_panel(SUCCESS_PANEL)
register_archive_part(ARCHIVE_PART)
register_today_block(TODAY_BLOCK)
register_client_block(ClientBlock("handoff/organization/_success.html", success_block, position=10))
