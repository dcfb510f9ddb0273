"""What a room's archive holds of its deals: the sections as they stand, with what is shared only."""

from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from crm.actors import Actor
from crm.archive_parts import ArchivePage, ArchivePart
from crm.models import Room
from crm.registry import Line
from deals.models import Section, SectionKind, Stakeholder, StakeholderRole
from deals.queries.content import section_snapshot
from deals.queries.lines import lines_of_criteria, lines_of_problem
from deals.queries.set_aside import AsideView, words_set_aside


def _part(kind: SectionKind, lines: Callable[[Section, dict[str, Any]], list[Line]]) -> ArchivePart:
    def pages(actor: Actor, room: Room) -> Iterator[ArchivePage]:
        sections = Section.objects.visible_to(actor).filter(deal__room=room, kind=kind).select_related("deal")
        for section in sections.order_by("deal__created_at", "deal_id"):
            content = section_snapshot(section).content
            title = _("%(deal)s: %(section)s") % {"deal": section.deal.title, "section": kind.label}
            aside = [_aside(one) for one in words_set_aside(actor, section) if not one.kept.private_to]
            kept = [{"id": line.key, "what": str(line.label), "words": line.text} for line in aside]
            data = {"deal": str(section.deal_id), **content} | ({"set_aside": kept} if kept else {})
            yield ArchivePage(title, data, [*lines(section, content), *aside])

    return ArchivePart(kind.value, pages)


def _aside(one: AsideView) -> Line:
    label = _("Not kept, from %(name)s") % {"name": one.kept.author_name}
    return Line(str(one.kept.pk), f"{label}: {one.label}" if one.label else label, one.kept.words)


def _people(section: Section, _content: dict[str, Any]) -> list[Line]:
    rows = Stakeholder.objects.shared().filter(section=section).select_related("contact", "user")
    return [Line(str(row.pk), row.name, "\n".join(filter(None, (_roles(row), row.wants, _guess(row))))) for row in rows]


def _guess(row: Stakeholder) -> str:
    return _("A guess, not their own words.") if row.is_guess else ""


def _roles(row: Stakeholder) -> str:
    return ", ".join(str(StakeholderRole(role).label) for role in row.roles if role in StakeholderRole.values)


ARCHIVE_PARTS = (
    _part(SectionKind.PROBLEM, lambda _section, content: lines_of_problem(content)),
    _part(SectionKind.CRITERIA, lambda _section, content: lines_of_criteria(content)),
    _part(SectionKind.PEOPLE, _people),
)
