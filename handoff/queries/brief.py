"""Reading what was agreed in a deal, for the brief: every agreed item, and what is open."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.text import Truncator

from crm.models import Answer, Consent, Participant, Question, Revision, Side
from crm.queries.consent import standing_about
from crm.registry import Snapshot
from crm.rules.canonical import canonical_value, content_hash
from deals.models import AGREEABLE, Deal, ProblemPart, Section, SectionKind, Stakeholder
from deals.queries.content import STAKEHOLDER_FIELDS, row_content
from deals.queries.objection import consents_of_deal
from deals.queries.standing import DealStanding
from handoff.models import BriefItem, Handoff, ItemKind
from handoff.rules.brief import RISKS, AgreedItem, AgreedSection, BriefItemData, RiskData, brief_items

SCHEMA = 1
TITLE_LENGTH = 200


@dataclass(frozen=True)
class BriefDraft:
    """A brief before it is written: its items, and the row or facts each stands for by (group, kind, source id)."""

    items: list[BriefItemData]
    contents: dict[tuple[str, str, str], dict[str, Any]]

    def content_of(self, item: BriefItemData) -> dict[str, Any]:
        """Return the content that goes with an item."""
        return self.contents[item.group, item.kind, item.source_id]


def draft_brief(deal: Deal) -> BriefDraft:
    """Return the brief of a deal as it stands: the agreed revisions' rows, the people, and what is open as risks."""
    contents: dict[tuple[str, str, str], dict[str, Any]] = {}
    sections = []
    for kind in AGREEABLE:
        revision = agreed_revision(deal, kind)
        if revision is None or revision.content is None:
            continue
        rows = list(_rows_of(kind, revision.content))
        sections.append(AgreedSection(kind.value, str(revision.pk), tuple(_agreed(kind, row) for row in rows)))
        contents |= {(kind.value, ItemKind.AGREED.value, row["id"]): row for row in rows}
    people = list(_people(deal))
    sections.append(AgreedSection(SectionKind.PEOPLE.value, "", tuple(item for item, _content in people)))
    contents |= {(SectionKind.PEOPLE.value, ItemKind.AGREED.value, item.id): content for item, content in people}
    risks = {risk_kind: list(read(deal)) for risk_kind, read in _RISKS.items()}
    for risk_kind, listed in risks.items():
        contents |= {(RISKS, risk_kind.value, risk.id): content for risk, content in listed}
    items = brief_items(sections, *([risk for risk, _content in risks[risk_kind]] for risk_kind in _RISKS))
    return BriefDraft(items, contents)


def agreed_revision(deal: Deal, kind: str) -> Revision | None:
    """Return the revision of a section that a buyer's standing yes is about: the present words, else those agreed to last."""
    section = Section.objects.filter(deal=deal, kind=kind).first()
    if section is None:
        return None
    yeses = standing_about(section.pk, section.content_hash).yeses
    return next((yes.revision for yes in yeses if yes.participant.side == Side.BUYER), None)


def _rows_of(kind: str, content: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if kind == SectionKind.CRITERIA:
        yield from content["criteria"]
        return
    parts = content["problem"]
    for part in ProblemPart:
        for row in parts.get(part.value, ()):
            yield {"part": part.value, **row}


def _agreed(kind: str, row: dict[str, Any]) -> AgreedItem:
    if kind == SectionKind.CRITERIA:
        return AgreedItem(row["id"], row["title"], row.get("counted_as", ""))
    return AgreedItem(row["id"], _title(row["text"]), row["text"])


def _people(deal: Deal) -> Iterator[tuple[AgreedItem, dict[str, Any]]]:
    """Everybody on the shared map, then who is in the room without being on it."""
    on_map = set()
    stakeholders = Stakeholder.objects.shared().filter(section__deal=deal, replaces=None)
    for one in stakeholders.select_related("contact", "user"):
        on_map.add(one.contact_id)
        content = {**row_content(one, STAKEHOLDER_FIELDS), "is_guess": one.is_guess}
        yield AgreedItem(str(one.pk), _title(one.name), one.wants), _plain(content)
    in_room = Participant.objects.filter(room=deal.room_id).active().select_related("contact").order_by("invited_at")
    for person in in_room:
        if person.contact_id not in on_map:
            content = {"id": person.pk, "side": person.side, "contact_id": person.contact_id}
            yield AgreedItem(str(person.pk), _title(person.contact.name)), _plain(content)


def _waivers(deal: Deal) -> Iterator[tuple[RiskData, dict[str, Any]]]:
    for waiver in deal.waivers.select_related("stage", "waived_by").order_by("waived_at"):
        facts = {"gate": waiver.gate, "stage": waiver.stage.name, "by": waiver.waived_by_id, "at": waiver.waived_at}
        yield RiskData(str(waiver.pk), waiver.reason), _plain(facts)


def _lapsed(deal: Deal) -> Iterator[tuple[RiskData, dict[str, Any]]]:
    for consent in DealStanding(deal).objections:
        yield lapsed_risk(consent)


def lapsed_risk(consent: Consent) -> tuple[RiskData, dict[str, Any]]:
    """Return a contested or taken-back consent as a risk, with its facts."""
    contact = consent.participant.contact
    facts = {"answer": consent.answer, "about": consent.kind, "contact_id": contact.pk, "name": contact.name}
    return RiskData(str(consent.pk), consent.objection or consent.question.sentence), _plain(facts)


def _open_questions(deal: Deal) -> Iterator[tuple[RiskData, dict[str, Any]]]:
    consents = Consent.objects.filter(consents_of_deal(deal), answer=Answer.ASKED)
    questions = Question.objects.open().filter(pk__in=consents.values("question"))
    for question in questions.select_related("asked_of__contact").order_by("asked_at"):
        contact = question.asked_of.contact
        facts = {"contact_id": contact.pk, "name": contact.name, "at": question.asked_at}
        yield RiskData(str(question.pk), question.sentence), _plain(facts)


_RISKS = {
    ItemKind.WAIVER: _waivers,
    ItemKind.LAPSED_CONSENT: _lapsed,
    ItemKind.OPEN_QUESTION: _open_questions,
}


def _title(words: str) -> str:
    return Truncator(words.split("\n", 1)[0]).chars(TITLE_LENGTH)


def _plain(content: dict[str, Any]) -> dict[str, Any]:
    plain = canonical_value(content)
    return plain if isinstance(plain, dict) else {}


def brief_content(handoff: Handoff) -> dict[str, Any]:
    """Return what the customer is asked to confirm: the agreed items, group by group. Shape, schema 1:
    `{"brief": {group: [{id, title, body, revision}, …]}}`. Risks are the selling side's review and stay out.
    """
    return items_content(BriefItem.objects.filter(handoff=handoff, kind=ItemKind.AGREED))


def items_content(items: QuerySet[BriefItem]) -> dict[str, Any]:
    """Return agreed items in the shape of `brief_content`."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for item in items.order_by("position", "id"):
        row = {"id": item.source_id, "title": item.title, "body": item.body, "revision": item.revision_id}
        groups.setdefault(item.group, []).append({key: value for key, value in row.items() if value})
    return {"brief": groups}


def brief_snapshot(handoff: Handoff) -> Snapshot:
    """Return the brief as it is asked about."""
    content = brief_content(handoff)
    return Snapshot(content=_plain(content), schema=SCHEMA, content_hash=content_hash(content, schema=SCHEMA))
