"""What deals plug into the ground: their consent kinds, and the reaction that moves a deal on a yes."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.actors import Actor
from crm.archive_parts import register_archive_part
from crm.day import register_waiting
from crm.errors import FieldFault, Invalid, NotFound, Refused
from crm.merging import Follows, register_follows
from crm.models import DirectoryKind, Participant, Question, Room, Side
from crm.places import register_places
from crm.record_kinds import register_record_kind
from crm.registry import (
    ClientBlock,
    Commentable,
    ConsentKind,
    register_client_block,
    register_commentable,
    register_consent_kind,
    register_consumer,
    register_map_of_sides,
    register_person_consumer,
    register_reaction,
    register_room_panel,
    register_today_block,
    register_way_back,
)
from crm.scopes import register_scope
from crm.search import SearchProvider, register_search
from crm.web.navigation import NavigationEntry, register_navigation
from deals import exports, notices, personal_data, timeline
from deals.actions import waiting
from deals.actions.ending import follow_owner
from deals.actions.owner import follow_rename, refresh_hash
from deals.actions.stage_move import propose_move, react_to_yes
from deals.mail import mail_ending, mail_thanks, mail_win_undone, thanked, told_of_ending, who_agreed
from deals.models import (
    AGREEABLE,
    MOVE,
    Criterion,
    Deal,
    ProblemStatement,
    Section,
    SectionKind,
    StageMove,
    Stakeholder,
)
from deals.queries.archive import ARCHIVE_PARTS
from deals.queries.content import EMPTY_HASHES, section_snapshot
from deals.queries.criterion import missing_of, missing_words
from deals.queries.deal import newest_deal
from deals.queries.ending import ENDED
from deals.queries.lines import lines_of_criteria, lines_of_move, lines_of_problem
from deals.queries.organization import deals_block
from deals.queries.place import deal_places
from deals.queries.search import find_criteria, find_deals, find_statements
from deals.queries.section import get_section
from deals.queries.stage_move import move_label, move_snapshot
from deals.queries.stakeholder import sides_on_map
from deals.queries.waiting_for_us import answers_to_take_up
from deals.record import DEALS
from deals.room.blocks import COMMON_GROUND, PANELS

_SECTION_LABELS = {SectionKind.PROBLEM: _("Our problem"), SectionKind.CRITERIA: _("What success means")}

_SECTION_NOUNS = {SectionKind.PROBLEM: _("the problem"), SectionKind.CRITERIA: _("the success criteria")}


def _lock_deal(deals: QuerySet[Deal]) -> Deal:
    deal = deals.select_for_update(of=("self",), no_key=True).first()
    if deal is None:
        raise NotFound
    return deal


def _sections() -> QuerySet[Section]:
    return Section.objects.select_related("deal")


def _lock_section(section_id: UUID) -> Section:
    _lock_deal(Deal.objects.filter(sections=section_id))
    section = _sections().select_for_update(of=("self",), no_key=True).get(pk=section_id)
    refresh_hash(section)
    return section


def _check_section_askable(actor: Actor, section: Section) -> None:
    if section.deal.has_ended:
        raise Refused(_("This deal has ended. Nothing more is asked in it."), code="deal_ended")
    if section.content_hash == EMPTY_HASHES[SectionKind(section.kind)]:
        raise Refused(_("Nothing is written here yet that could be agreed."), code="empty")
    if section.kind == SectionKind.CRITERIA:
        _check_measurable(section)


def _check_measurable(section: Section) -> None:
    """An unmeasurable criterion cannot be agreed (product idea 4)."""
    faults = [
        FieldFault(
            f"criteria.{criterion.pk}.{missing.code}",
            missing.code,
            f"{criterion.title}: {missing_words(missing)}",
            about=criterion.title,
        )
        for criterion in Criterion.objects.shared().filter(section=section)
        for missing in missing_of(criterion)
    ]
    if faults:
        raise Refused(
            _("One of these cannot be measured yet. Two people must get the same number."),
            code="not_measurable",
            faults=faults,
        )


def _section_kind(kind: SectionKind) -> ConsentKind:
    return ConsentKind(
        name=kind.value,
        binding=False,
        is_section=True,
        room_of=lambda section: section.deal.room_id,
        rows=_sections,
        lock=_lock_section,
        snapshot=section_snapshot,
        current_hash=lambda section: str(section.content_hash),
        check_askable=_check_section_askable,
        may_answer=lambda person, _section: person.side == Side.BUYER and person.sees(kind.value),
        label=lambda _section: _SECTION_LABELS[kind],
        noun=_SECTION_NOUNS[kind],
        url=_section_url,
        lines=lines_of_problem if kind == SectionKind.PROBLEM else lines_of_criteria,
        after_yes=_after_yes_to_section,
        find=lambda actor, named: get_section(actor, _named(named, "deal"), kind).pk,
        stands_since=lambda section, _shown: section.updated_at,
        within=lambda section: str(section.deal.title),
    )


def _named(named: dict[str, UUID | None], what: str) -> UUID:
    found = named.get(what)
    if found is None:
        raise Invalid.field(what, _("Say which one."), code="required")
    return found


def _section_url(actor: Actor, section: Section) -> str:
    if actor.participant:
        return reverse("deals_room:section", args=[section.deal.room_id, section.deal_id, section.kind])
    return reverse("deals:section", args=[section.deal_id, section.kind])


def _after_yes_to_section(section: Section) -> str | Promise:
    return _(
        "“%(label)s” stands as you agreed to it. When its words change, you see what changed before you are asked again."
    ) % {"label": _SECTION_LABELS[SectionKind(section.kind)]}


def _moves() -> QuerySet[StageMove]:
    related = ("deal__room", "deal__stage", "deal__success_owner", "from_stage", "to_stage")
    return StageMove.objects.select_related(*related)


def _lock_move(move_id: UUID) -> StageMove:
    _lock_deal(Deal.objects.filter(moves=move_id))
    return _moves().select_for_update(of=("self",), no_key=True).get(pk=move_id)


def _check_move_askable(actor: Actor, move: StageMove) -> None:
    deal = move.deal
    if not deal.is_open:
        raise Refused(_("This deal is not open. Reopen it first."), code="deal_not_open")
    if not move.is_open or move.from_stage_id != deal.stage_id:
        raise Refused(_("The deal has moved since. Ask about the stage it is in."), code="deal_moved")
    if deal.organization_id is None:
        raise Refused(_("Say first which client this deal is with."), code="no_client")


def _check_move_recordable(actor: Actor, move: StageMove, question: Question) -> None:
    if not move.from_stage.recorded_is_enough:
        raise Refused(_("This stage takes only answers given in the room."), code="room_only")
    if move.to_stage_id is None and question.evidence_id is None:
        raise Refused(_("A close that was agreed elsewhere needs the signed file."), code="signed_file_needed")


def _move_stands_since(move: StageMove, is_shown: bool) -> datetime | None:
    """Return when the deal entered its stage. The message of who asked us to talk is older than the deal, and shows it."""
    deal = move.deal
    return None if is_shown and deal.stage_entered_at == deal.created_at else deal.stage_entered_at


def _after_yes_to_move(move: StageMove) -> str | Promise:
    if move.lapsed_at is not None:
        return _("We have gone another way since. Before we take this step you are asked again.")
    if not move.is_in_force:
        return _("We go on as soon as everything this step needs is there. You are not asked again for that.")
    if move.to_stage is None:
        taker = move.deal.success_owner
        words = _("We work together from now on. %(name)s takes over everything that was agreed.")
        return words % {"name": taker.name} if taker else _("We work together from now on.")
    return _("We have gone on to “%(stage)s”. The next question for all of us: %(question)s") % {
        "stage": move.to_stage.name,
        "question": move.to_stage.question,
    }


def _move_url(actor: Actor, move: StageMove) -> str:
    if actor.participant:
        return reverse("room:today", args=[move.deal.room_id])
    return reverse("deals:deal", args=[move.deal_id])


def _find_move(actor: Actor, named: dict[str, UUID | None]) -> UUID:
    """Return the move of a deal to a stage (`to_stage` null: the close), made if nobody was asked about it before."""
    if "to_stage" not in named:
        raise Invalid.field("to_stage", _("Say where to; null is the close."), code="required")
    return propose_move(actor=actor, deal_id=_named(named, "deal"), to_stage_id=named["to_stage"]).id


def _way_back(actor: Actor, room: Room) -> tuple[str, str] | None:
    deal = newest_deal(actor, room)
    return (deal.title, reverse("deals:deal", args=[deal.pk])) if deal else None


def _may_answer_move(person: Participant, move: StageMove) -> bool:
    return person.side == Side.BUYER


for _kind in AGREEABLE:
    register_consent_kind(_section_kind(_kind))

register_consent_kind(
    ConsentKind(
        name=MOVE,
        binding=False,
        is_section=False,
        room_of=lambda move: move.deal.room_id,
        rows=_moves,
        lock=_lock_move,
        snapshot=move_snapshot,
        current_hash=lambda move: move_snapshot(move).content_hash,
        check_askable=_check_move_askable,
        may_answer=_may_answer_move,
        label=lambda move: move_label(move.to_stage),
        noun=_("going on"),
        url=_move_url,
        lines=lines_of_move,
        after_yes=_after_yes_to_move,
        check_recordable=_check_move_recordable,
        find=_find_move,
        stands_since=_move_stands_since,
        within=lambda move: str(move.deal.title),
    )
)

for _type in waiting.EVENTS:
    register_reaction(_type, waiting.follow_question)
register_reaction("consent.given", react_to_yes)
register_person_consumer("deals.mail_win_undone", ["deal.win_undone"], mail_win_undone, recipients=who_agreed)
register_person_consumer("deals.mail_ending", [ENDED], mail_ending, recipients=told_of_ending)
register_reaction("deal.changed", follow_owner)
register_person_consumer("deals.mail_thanks", ["deal.thanked"], mail_thanks, recipients=thanked)
register_consumer("deals.follow_rename", ["contact.changed", "user.changed"], follow_rename)

_ROWS: dict[SectionKind, Callable[[Actor], Any]] = {
    SectionKind.PROBLEM: lambda actor: ProblemStatement.objects.visible_to(actor),
    SectionKind.CRITERIA: lambda actor: Criterion.objects.visible_to(actor),
    SectionKind.PEOPLE: lambda actor: Stakeholder.objects.visible_to(actor),
}

_ROWS_OF_SECTION = {
    SectionKind.PROBLEM: "statements",
    SectionKind.CRITERIA: "criteria",
    SectionKind.PEOPLE: "stakeholders",
}


def _commentable(kind: SectionKind) -> Commentable:
    def row_side(actor: Actor, room: Room, row_id: UUID) -> str | None:
        there = Section.objects.filter(pk=OuterRef("section"), kind=kind, deal__room=room)
        side: str | None = (
            _ROWS[kind](actor).filter(Exists(there), pk=row_id).values_list("private_to", flat=True).first()
        )
        return side

    def url(actor: Actor, row_id: UUID) -> str:
        sections = Section.objects.visible_to(actor).select_related("deal")
        section = sections.filter(**{_ROWS_OF_SECTION[kind]: row_id}).first()
        if section is None:
            raise NotFound
        return _section_url(actor, section)

    return Commentable(kind.value, row_side, url)


for _kind in SectionKind:
    register_commentable(_commentable(_kind))


def _deal_url(actor: Actor, deal_id: UUID) -> str:
    if actor.participant:
        return reverse("deals_room:ending", args=[actor.participant.room_id, deal_id])
    return reverse("deals:deal", args=[deal_id])


def _deal_side(actor: Actor, room: Room, deal_id: UUID) -> str | None:
    return "" if Deal.objects.visible_to(actor).filter(room=room, pk=deal_id).exists() else None


register_commentable(Commentable("", _deal_side, _deal_url))

register_scope("deals:read", _("Read deals and their sections"))
register_scope("deals:write", _("Write deals and their sections, and move them"))

register_record_kind(DEALS)
timeline.register()
personal_data.register()
exports.register()
register_navigation(NavigationEntry(_("Add a deal"), "plus", "deals:new", position=30, place="command"))
register_navigation(NavigationEntry(_("Deals"), "board", "deals:board", position=20, shortcut="g b"))
register_navigation(
    NavigationEntry(
        _("Pipelines"),
        "board",
        "deals:pipelines",
        position=20,
        place="settings",
        group="house",
        covers=("/settings/stages/",),
    )
)
register_navigation(
    NavigationEntry(_("Products"), "file", "deals:products", position=50, place="settings", group="house")
)
register_navigation(
    NavigationEntry(
        _("Exchange rates"),
        "compare",
        "deals:exchange_rates",
        position=60,
        place="settings",
        group="house",
        only="administrator",
    )
)
register_places(deal_places)
register_waiting(answers_to_take_up)
notices.register()
register_navigation(NavigationEntry(_("Import"), "upload", "deals:imports", position=80, phone=False, at_foot=True))
for _provider in (
    SearchProvider("deal", _("Deals"), "board", "deals:read", 10, find_deals),
    SearchProvider("statement", _("Problems"), "file", "deals:read", 40, find_statements),
    SearchProvider("criterion", _("Success criteria"), "target", "deals:read", 50, find_criteria),
):
    register_search(_provider)

register_follows(
    Follows(
        DirectoryKind.ORGANIZATION,
        "deals",
        _("Deals"),
        "organization",
        lambda _kept, merged: Deal.objects.filter(organization=merged),
        room="room_id",
    )
)
register_today_block(COMMON_GROUND)
register_way_back(_way_back)
register_map_of_sides(sides_on_map)
for _panel in PANELS:
    register_room_panel(_panel)
for _part in ARCHIVE_PARTS:
    register_archive_part(_part)
register_client_block(ClientBlock("deals/organization/_deals.html", deals_block, position=20))
