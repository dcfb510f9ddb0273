"""What a column of a file can become: the fields of clients, contacts, deals and activities, as data."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.models import CustomField, CustomFieldOn, CustomFieldType

Holds = Literal[
    "line", "text", "key", "email", "domain", "url", "amount", "number", "currency", "day", "instant", "word"
]


@dataclass(frozen=True)
class Target:
    """One field. `holds` says how a cell is read; a `word` is looked up, and asked about when nothing has that name."""

    field: str
    label: str | Promise
    holds: Holds = "line"
    limit: int = 200


@dataclass(frozen=True)
class Kind:
    """What the rows of a file are. `scope` is what a key needs; one of the fields in `named_by` must have a column."""

    name: str
    label: str | Promise
    noun: str | Promise
    scope: str
    targets: tuple[Target, ...]
    named_by: tuple[str, ...]
    custom_on: str = ""

    @property
    def all_targets(self) -> dict[str, Target]:
        """The fields by name, custom ones as they are defined now."""
        own = {target.field: target for target in self.targets}
        return own | {target.field: target for target in _custom(self.custom_on)}


_HOLDS: dict[str, Holds] = {CustomFieldType.NUMBER: "number", CustomFieldType.DATE: "day"}
_ID = Target("id", _("Number in the source"), "key")
_CLIENT = (
    Target("client_id", _("Client, by number in the source"), "key"),
    Target("client_name", _("Client, by name")),
    Target("client_domain", _("Client, by domain"), "domain"),
)
_PEOPLE = (
    Target("contact_ids", _("Contacts, by number in the source"), limit=2000),
    Target("contact_email", _("Contact, by e-mail"), "email"),
    Target("contact_name", _("Contact, by name")),
)


def _custom(on: str) -> Sequence[Target]:
    taken = (CustomFieldType.TEXT, CustomFieldType.CHOICE, *_HOLDS)
    rows = CustomField.objects.filter(on=on, type__in=taken, archived_at=None) if on else ()
    return [Target(f"custom.{one.key}", one.label, _HOLDS.get(one.type, "line")) for one in rows]


ORGANIZATIONS = Kind(
    name="organizations",
    label=_("Clients"),
    noun=_("clients"),
    scope="contacts:write",
    custom_on=CustomFieldOn.ORGANIZATION,
    named_by=("name",),
    targets=(
        _ID,
        Target("name", _("Name")),
        Target("domain", _("Domain"), "domain", 253),
        Target("website", _("Website"), "url", 500),
        Target("industry", _("Industry")),
        Target("country", _("Country")),
        Target("city", _("City")),
        Target("parent_id", _("Belongs to, by number in the source"), "key"),
        Target("parent_name", _("Belongs to, by name")),
    ),
)
CONTACTS = Kind(
    name="contacts",
    label=_("Contacts"),
    noun=_("contacts"),
    scope="contacts:write",
    custom_on=CustomFieldOn.CONTACT,
    named_by=("name", "first_name", "last_name", "email"),
    targets=(
        _ID,
        Target("name", _("Name")),
        Target("first_name", _("First name")),
        Target("last_name", _("Last name")),
        Target("email", _("E-mail"), "email"),
        Target("phone", _("Phone"), limit=40),
        Target("title", _("Job title")),
        *_CLIENT,
    ),
)
DEALS = Kind(
    name="deals",
    label=_("Deals"),
    noun=_("deals"),
    scope="deals:write",
    custom_on=CustomFieldOn.DEAL,
    named_by=("title", "id"),
    targets=(
        _ID,
        Target("title", _("What it is about")),
        *_CLIENT,
        Target("owner", _("Owner"), "word"),
        Target("stage", _("Stage"), "word"),
        Target("status", _("Status"), "word"),
        Target("amount", _("Amount"), "amount"),
        Target("currency", _("Currency"), "currency"),
        Target("begun_on", _("Opened on"), "day"),
        Target("close_on", _("Hopes to agree by"), "day"),
        Target("ended_on", _("Ended on"), "day"),
        Target("ended_reason", _("Why it ended"), "text", 5000),
        *_PEOPLE,
    ),
)
ACTIVITIES = Kind(
    name="activities",
    label=_("Activities"),
    noun=_("activities"),
    scope="rooms:write",
    named_by=("subject", "body"),
    targets=(
        _ID,
        Target("type", _("What it was"), "word"),
        Target("subject", _("Subject")),
        Target("body", _("Words"), "text", 20_000),
        Target("at", _("When"), "instant"),
        Target("minutes", _("Minutes"), "number"),
        Target("deal_id", _("Deal, by number in the source"), "key"),
        Target("deal_title", _("Deal, by name")),
        Target("client_name", _("Client, by name")),
        *_PEOPLE,
    ),
)
KINDS = {kind.name: kind for kind in (ORGANIZATIONS, CONTACTS, DEALS, ACTIVITIES)}
