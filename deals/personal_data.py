"""The places in which deals keep data of persons.

What is theirs: quotes with their name, what they want out of it, what a side thinks of them, drafts they never shared. What
they wrote into the shared sections is the two firms' common work and stays, without their name.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.clock import now
from crm.formats import erased_name
from crm.models import Contact, Side
from crm.personal_data.person import Person
from crm.personal_data.rows import Texts, deleted, erased_words, fields_of, plain, texts_place
from crm.registry import PersonalDataPlace, register_personal_data
from deals.actions.owner import refresh_hash
from deals.models import (
    Assessment,
    Criterion,
    Deal,
    LineItem,
    ProblemStatement,
    Section,
    SetAside,
    Stakeholder,
    Thanks,
    Waiver,
)


def _quotes(person: Person) -> Any:
    """Return the statements that say they said it, by their whole name or their name alone."""
    rows = ProblemStatement.objects.filter(section__deal__room__in=person.rooms).exclude(said_by="")
    return ProblemStatement.objects.filter(
        pk__in=[pk for pk, said_by in rows.values_list("pk", "said_by") if person.words.are_in(said_by)]
    )


def _erase_quotes(person: Person) -> int:
    quotes = _quotes(person)
    _erase_set_aside(quotes)
    return int(quotes.update(text=erased_words(), said_by=erased_name(), said_on=None, source="", **_changed()))


def _erase_set_aside(rows: Any) -> None:
    """Take out the words that stood in these rows once, and were given up for others."""
    SetAside.objects.filter(row_id__in=rows.values("pk")).update(words=erased_words())


def _drafts(model: Any, person: Person) -> Any:
    return model.objects.filter(by_contact=person.contact).exclude(private_to="")


def _erase_drafts(person: Person) -> int:
    gone = {"archived_at": now(), **_changed()}
    return int(
        _drafts(ProblemStatement, person).update(text=erased_words(), source="", said_by="", **gone)
        + _drafts(Criterion, person).update(
            title=erased_words(),
            **dict.fromkeys(("counted_as", "baseline_source", "source", "measured_by"), ""),
            **dict.fromkeys(("leading_indicators", "assumptions"), ""),
            **gone,
        )
        + _drafts(Stakeholder, person).filter(contact=None).update(wants="", **gone)
        + deleted(_drafts(SetAside, person))
    )


def _changed() -> dict[str, Any]:
    return {"version": F("version") + 1, "updated_at": now()}


def _stakes(person: Person) -> Any:
    return Stakeholder.objects.filter(contact=person.contact)


def _erase_stakes(person: Person) -> int:
    _erase_set_aside(_stakes(person))
    return int(_stakes(person).update(wants="", wants_is_quoted=False, roles=[], archived_at=now(), **_changed()))


def _assessments(person: Person) -> Any:
    return Assessment.objects.filter(stakeholder__contact=person.contact)


def _rooms_of_stakes(contact: Contact) -> Iterable[UUID]:
    stakes = Stakeholder.objects.filter(contact=contact)
    return stakes.values_list("section__deal__room", flat=True)


def _refresh(person: Person) -> int:
    """Bring the hashes of sections back to what they say now: what was agreed in other words shows as out of date."""
    changed = 0
    for section in Section.objects.filter(deal__room__in=person.rooms).order_by("deal_id", "pk"):
        version = section.version
        refresh_hash(section)
        changed += section.version > version
    return changed


_STATEMENT = ("text", "source", "said_by")
_CRITERION = (
    "title",
    "counted_as",
    "baseline_source",
    "source",
    "measured_by",
    "unit",
    "leading_indicators",
    "assumptions",
)
_DEAL = ("title", "amount_note", "ended_reason", "lost_to_name", "would_change", "custom")
_SHARED = Q(private_to="") | Q(private_to__in=(Side.BUYER, Side.PARTNER))

PLACES = (
    PersonalDataPlace(
        name="quotes",
        label=_("What you are quoted with"),
        fields=fields_of("deals.ProblemStatement", *_STATEMENT),
        export=lambda person: plain(_quotes(person).filter(private_to=""), *_STATEMENT, "part", "said_on"),
        erase=_erase_quotes,
    ),
    PersonalDataPlace(
        name="drafts",
        label=_("Drafts you have not shared"),
        fields=fields_of("deals.ProblemStatement", *_STATEMENT)
        | fields_of("deals.Criterion", *_CRITERION)
        | fields_of("deals.SetAside", "words"),
        export=lambda person: [
            *plain(_drafts(ProblemStatement, person), "part", *_STATEMENT),
            *plain(_drafts(Criterion, person), *_CRITERION),
            *plain(_drafts(SetAside, person), "words", "written_at"),
        ],
        erase=_erase_drafts,
    ),
    PersonalDataPlace(
        name="stakes",
        label=_("Your place among the people"),
        fields=fields_of("deals.Stakeholder", "wants", "roles", "place"),
        export=lambda person: plain(
            _stakes(person).filter(_SHARED), "section__deal__title", "side", "roles", "wants", "wants_is_quoted"
        ),
        erase=_erase_stakes,
        rooms=_rooms_of_stakes,
    ),
    PersonalDataPlace(
        name="assessments",
        label=_("What a side thinks of you"),
        fields=fields_of("deals.Assessment", "influence", "attitude", "note"),
        export=lambda person: [
            *plain(
                _assessments(person).filter(private_to=Side.SELLER),
                *("stakeholder__section__deal__title", "influence", "attitude", "note", "updated_at"),
            ),
            *plain(_stakes(person).filter(private_to=Side.SELLER), "section__deal__title", "roles", "wants"),
        ],
        erase=lambda person: deleted(_assessments(person)),
        private=True,
    ),
    texts_place(
        "deal_words_of_others",
        _("Where deals name you"),
        [
            Texts(ProblemStatement, "section__deal__room", _STATEMENT),
            Texts(Criterion, "section__deal__room", _CRITERION),
            Texts(Stakeholder, "section__deal__room", ("place", "wants")),
            Texts(Assessment, "stakeholder__section__deal__room", ("note",)),
            Texts(Deal, "room", _DEAL),
            Texts(LineItem, "deal__room", ("title",)),
            Texts(SetAside, "section__deal__room", ("words",)),
            Texts(Thanks, "deal__room", ("words",)),
            Texts(Waiver, "deal__room", ("reason",)),
        ],
    ),
    PersonalDataPlace("section_hashes", _("Hashes of sections"), frozenset(), lambda _person: [], _refresh),
)


def register() -> None:
    """Fill the registry."""
    for place in PLACES:
        register_personal_data(place)
