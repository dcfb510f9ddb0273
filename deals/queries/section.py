"""Reading sections: what each says about itself in the navigation, on a card, at the head of its page."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from crm.actors import Actor
from crm.errors import NotFound
from crm.models import Answer, Consent
from crm.queries.consent import Standing, standing_of
from crm.rules.agreement import AgreementState
from deals.models import Section, SectionKind
from deals.queries.content import EMPTY_HASHES


@dataclass(frozen=True)
class SectionState:
    """One section and where the agreement on it stands. `client` is what the buying side is called."""

    section: Section
    standing: Standing
    client: str

    @property
    def kind(self) -> str:
        """The section's kind: problem, criteria."""
        return self.section.kind

    @property
    def label(self) -> str:
        """The section's name in the interface."""
        return str(SectionKind(self.section.kind).label)

    @property
    def state(self) -> str:
        """The glyph's name."""
        return self.standing.glyph

    @property
    def is_empty(self) -> bool:
        """Whether nothing shared is written in it."""
        return self.section.content_hash == EMPTY_HASHES[SectionKind(self.section.kind)]

    @property
    def has_changed_since_asked(self) -> bool:
        """Whether it reads otherwise now than what the newest answer is about."""
        newest = self.standing.newest
        return newest is not None and newest.content_hash != self.section.content_hash

    @property
    def words(self) -> str:
        """The state in words, as short as the navigation needs them."""
        if self.is_empty and self.standing.state == AgreementState.NONE:
            return _("Nothing written yet")
        yes = self.standing.yes
        match self.standing.state:
            case AgreementState.BOTH if yes:
                return _("Agreed, revision %(number)s") % {"number": yes.revision.number}
            case AgreementState.SELLER:
                return _("With %(client)s") % {"client": self.client}
            case AgreementState.BUYER:
                return _("With us")
            case AgreementState.CHANGE:
                return _("Change suggested")
            case AgreementState.STALE:
                return _("Out of date")
            case AgreementState.DECLINED | AgreementState.DECLINED_SELLER:
                newest = self.standing.newest
                return _("Yes taken back") if newest and newest.answer == Answer.WITHDRAWN else _("Declined")
        return _("Asked about older words") if self.standing.overtaken else _("Not asked yet")


def get_section(actor: Actor, deal_id: UUID, kind: str) -> Section:
    """Return a section the actor may see, with its deal. Raises `NotFound`."""
    sections = Section.objects.visible_to(actor).select_related("deal__organization", "deal__room")
    section = sections.filter(deal=deal_id, kind=kind).first()
    if section is None:
        raise NotFound
    return section


def section_state(
    section: Section, consents: Iterable[Consent], client: str, overtaken: Collection[UUID] = ()
) -> SectionState:
    """Judge one section by the consents about it, oldest first; `overtaken` are the questions that wait for nobody."""
    return SectionState(section, standing_of(section.content_hash, list(consents), overtaken), client)
