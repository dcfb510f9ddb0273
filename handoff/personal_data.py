"""The places in which handoffs keep data of persons: what briefs, goals and measurements say in their words or of them."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.personal_data.person import Person
from crm.personal_data.rows import Texts, erased_words, fields_of, plain, texts_place
from crm.registry import PersonalDataPlace, register_personal_data
from handoff.models import BriefItem, Dispute, Goal, ItemKind, ItemQuestion, Measurement

_ITEM = ("title", "body", "content")
_GOAL = ("title", "counted_as", "baseline_source", "source", "measured_by", "unit", "leading_indicators", "assumptions")
_MEASUREMENT = ("period", "source", "note")


_WORDS = ("text", "wants", "source", "said_by", "said_on")
"""What of an item's content are words of the person, or about them; the rest are ids, codes and days."""


def _about(person: Person) -> list[BriefItem]:
    """Return the items of briefs that quote them, are about them, or about an answer of theirs."""
    items = BriefItem.objects.filter(handoff__room__in=person.rooms).order_by("pk")
    return [item for item in items if _is_about(person, item.content)]


def _is_about(person: Person, content: dict[str, Any]) -> bool:
    return content.get("contact_id") == str(person.contact.pk) or person.words.are_in(content.get("said_by", ""))


def _erase_items(person: Person) -> int:
    items = _about(person)
    for item in items:
        item.title, item.body = erased_words(), ""
        item.content = {key: erased_words() if key in _WORDS else value for key, value in item.content.items()}
        item.content.pop("said_on", None)
        item.save(update_fields=["title", "body", "content"])
    return len(items)


def _measurements(person: Person) -> Any:
    return Measurement.objects.filter(by_contact=person.contact)


def _disputes(person: Person) -> Any:
    return Dispute.objects.filter(raised_by=person.contact)


PLACES = (
    PersonalDataPlace(
        name="brief_items",
        label=_("What handoff briefs say of you"),
        fields=fields_of("handoff.BriefItem", *_ITEM),
        export=lambda person: [
            {"title": item.title, "body": item.body} for item in _about(person) if item.kind == ItemKind.AGREED
        ],
        erase=_erase_items,
    ),
    PersonalDataPlace(
        name="measurements",
        label=_("Numbers you entered"),
        fields=fields_of("handoff.Measurement", *_MEASUREMENT),
        export=lambda person: plain(_measurements(person), "goal__title", "value", "measured_at", *_MEASUREMENT),
        erase=lambda person: int(_measurements(person).exclude(note="").update(note="")),
    ),
    PersonalDataPlace(
        name="disputes",
        label=_("Numbers you found wrong"),
        fields=fields_of("handoff.Dispute", "text", "answer"),
        export=lambda person: plain(
            _disputes(person), "measurement__goal__title", "text", "raised_at", "answer", "answered_at"
        ),
        erase=lambda person: int(_disputes(person).update(text=erased_words())),
    ),
    texts_place(
        "handoff_words_of_others",
        _("Where handoffs and goals name you"),
        [
            Texts(BriefItem, "handoff__room", _ITEM),
            Texts(ItemQuestion, "item__handoff__room", ("text", "answer")),
            Texts(Goal, "plan__room", _GOAL),
            Texts(Measurement, "goal__plan__room", _MEASUREMENT),
            Texts(Dispute, "measurement__goal__plan__room", ("text", "answer")),
        ],
    ),
)


def register() -> None:
    """Fill the registry."""
    for place in PLACES:
        register_personal_data(place)
