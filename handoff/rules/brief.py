"""The handoff brief: every agreed item exactly once, and everything that is still open as a risk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

#: Sections in the order in which the brief shows them; others follow in the order given, risks come last.
SECTION_ORDER = ("criteria", "problem", "people")
#: The group of waivers, lapsed consents and open questions.
RISKS = "risks"


class ItemKind(StrEnum):
    """Where an item of the brief comes from."""

    AGREED = "agreed"
    WAIVER = "waiver"
    LAPSED_CONSENT = "lapsed_consent"  # withdrawn or contested
    OPEN_QUESTION = "open_question"


@dataclass(frozen=True)
class AgreedItem:
    """One row of an agreed revision: its id, a title and the words below it."""

    id: str
    title: str
    body: str = ""


@dataclass(frozen=True)
class AgreedSection:
    """An agreed revision of a section ("criteria", "problem", "people", …) with its rows in order."""

    section: str
    revision_id: str
    items: tuple[AgreedItem, ...]


@dataclass(frozen=True)
class RiskData:
    """Something open: the id of the waiver, consent or question, and its words (reason, note).

    It has no title: whoever reads it is told in their own language what it is.
    """

    id: str
    body: str = ""


@dataclass(frozen=True)
class BriefItemData:
    """One item of the brief. `group` is the section or "risks"; (kind, group, source_id) is unique in a brief."""

    group: str
    kind: ItemKind
    source_id: str
    revision_id: str
    title: str
    body: str
    position: int


def brief_items(
    agreed_sections: Sequence[AgreedSection],
    waivers: Iterable[RiskData] = (),
    lapsed_consents: Iterable[RiskData] = (),
    open_questions: Iterable[RiskData] = (),
) -> list[BriefItemData]:
    """Return the items of the brief in order: criteria, problem, people, other sections, risks.

    Raises `ValueError` if a section comes twice, is called "risks", or an id comes twice within its group and kind:
    then it would not be clear which words were agreed.
    """
    names = [section.section for section in agreed_sections]
    if RISKS in names:
        raise ValueError("a section cannot be called risks")
    _refuse_repeated("section", names)
    items: list[BriefItemData] = []
    for section in sorted(agreed_sections, key=lambda section: _rank(section.section)):
        _refuse_repeated(f"item of {section.section}", [item.id for item in section.items])
        for item in section.items:
            items.append(
                BriefItemData(
                    section.section,
                    ItemKind.AGREED,
                    item.id,
                    section.revision_id,
                    item.title,
                    item.body,
                    len(items) + 1,
                )
            )
    risks = (
        (ItemKind.WAIVER, list(waivers)),
        (ItemKind.LAPSED_CONSENT, list(lapsed_consents)),
        (ItemKind.OPEN_QUESTION, list(open_questions)),
    )
    for kind, listed in risks:
        _refuse_repeated(kind, [risk.id for risk in listed])
        for risk in listed:
            items.append(BriefItemData(RISKS, kind, risk.id, "", "", risk.body, len(items) + 1))
    return items


def _rank(section: str) -> int:
    return SECTION_ORDER.index(section) if section in SECTION_ORDER else len(SECTION_ORDER)


def _refuse_repeated(what: str, ids: Sequence[str]) -> None:
    repeated = sorted({one for one in ids if ids.count(one) > 1})
    if repeated:
        raise ValueError(f"{what} comes twice: {', '.join(repeated)}")
