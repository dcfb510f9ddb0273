"""A deal as a card: where its sections stand, and whose turn it is."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, OuterRef, Subquery, When
from django.utils.translation import gettext as _

from crm.models import Answer, Consent
from crm.queries.consent import overtaken_questions
from crm.rules.agreement import AgreementState
from deals.models import AGREEABLE, MOVE, Deal, Section, StageMove
from deals.queries.ending import Ending, endings_of
from deals.queries.section import SectionState, section_state


@dataclass(frozen=True)
class Card:
    """One deal on the board. `turn` is the side whose turn it is ("" nobody's), `turn_words` who and what.

    `may_move`: whether the reader may take it to another stage.
    """

    deal: Deal
    sections: Sequence[SectionState]
    turn: str
    turn_words: str
    may_move: bool

    @property
    def client(self) -> str:
        """The client's name, or that there is none yet."""
        return self.deal.organization.name if self.deal.organization else _("No client yet")

    @property
    def summary(self) -> str:
        """The states of all sections in one sentence, for those who hear the page."""
        states = ", ".join(f"{one.label} {one.words.lower()}" for one in self.sections)
        return _("Common ground: %(states)s") % {"states": states}


def cards_of(deals: Sequence[Deal], movable: Collection[UUID] = ()) -> list[Card]:
    """Return the cards of deals that the actor may see, in two queries, four where some ended in agreement.

    The caller fetched owner and organisation along. `movable` are the deals that the actor may take to another stage.
    """
    sections = _sections_of(deals)
    consents, endings = _consents_of(deals, sections), endings_of(deals)
    return [
        _card(
            deal,
            sections.get(deal.pk, ()),
            consents.get(deal.pk, ()),
            endings.get(deal.pk),
            may_move=deal.pk in movable,
        )
        for deal in deals
    ]


def _sections_of(deals: Sequence[Deal]) -> dict[UUID, list[Section]]:
    found: dict[UUID, list[Section]] = defaultdict(list)
    for section in Section.objects.filter(deal__in=[deal.pk for deal in deals], kind__in=AGREEABLE):
        found[section.deal_id].append(section)
    return found


def _consents_of(deals: Sequence[Deal], sections: Mapping[UUID, Sequence[Section]]) -> dict[UUID, list[Consent]]:
    """Return the consents about the deals' sections and moves, by deal, oldest first. The rooms bound the search."""
    deal_of_move = StageMove.objects.filter(pk=OuterRef("subject_id")).values("deal_id")
    deal_of_section = Section.objects.filter(pk=OuterRef("subject_id")).values("deal_id")
    about = Case(When(kind=MOVE, then=Subquery(deal_of_move)), When(kind__in=AGREEABLE, then=Subquery(deal_of_section)))
    consents = (
        Consent.objects.filter(room__in=[deal.room_id for deal in deals], kind__in=[*AGREEABLE, MOVE])
        .annotate(deal_id=about)
        .select_related("question", "participant__contact", "revision")
        .defer("revision__content")
        .order_by("question__asked_at", "id")
    )
    found: dict[UUID, list[Consent]] = defaultdict(list)
    for consent in consents:
        found[consent.deal_id].append(consent)
    return found


def _card(
    deal: Deal, sections: Sequence[Section], consents: Sequence[Consent], ending: Ending | None, *, may_move: bool
) -> Card:
    client = deal.organization.name if deal.organization else _("the client")
    ordered = sorted(sections, key=lambda section: AGREEABLE.index(section.kind))
    overtaken = overtaken_questions(consents, {section.pk: section.content_hash for section in sections})
    states = [
        section_state(section, [one for one in consents if one.subject_id == section.pk], client, overtaken)
        for section in ordered
    ]
    turn, words = _turn(deal, states, consents) if ending is None else ("", ending.words)
    return Card(deal, states, turn, words, may_move and not deal.has_ended)


def _turn(deal: Deal, states: Sequence[SectionState], consents: Sequence[Consent]) -> tuple[str, str]:
    if deal.has_ended:
        return "", deal.get_status_display()
    for consent in reversed(consents):
        if consent.answer == Answer.ASKED:
            about = {"name": consent.participant.contact.name, "what": _subject_words(consent, states)}
            return "buyer", _("%(name)s: %(what)s") % about
    if deal.is_imported and not consents:
        return "", _("Imported, no consent on record")
    return "seller", _("Us: %(what)s") % {"what": _our_turn(states)}


def _subject_words(consent: Consent, states: Sequence[SectionState]) -> str:
    labels = {state.section.pk: state.label.lower() for state in states}
    return labels.get(consent.subject_id) or _("moving on")


def _our_turn(states: Sequence[SectionState]) -> str:
    said = {
        AgreementState.CHANGE: _("they would change %(what)s"),
        AgreementState.DECLINED: _("they said no to %(what)s"),
        AgreementState.STALE: _("%(what)s is out of date"),
        AgreementState.NONE: _("ask about %(what)s"),
    }
    for wanted in (AgreementState.CHANGE, AgreementState.DECLINED, AgreementState.STALE, AgreementState.NONE):
        for state in states:
            if state.standing.state == wanted:
                empty = state.is_empty and wanted == AgreementState.NONE
                words = _("write down %(what)s") if empty else said[wanted]
                return words % {"what": state.label.lower()}
    return _("ask to move on")
