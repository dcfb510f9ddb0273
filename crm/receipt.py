"""How a receipt reads: its facts and its place in the chain, in plain words, for the page, the PDF and the mail alike.

What the chain says goes before what the rows say: they stand in only for entries whose words were erased.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.mail.message import site_url
from crm.models import Answer, Channel, LedgerEntry, Side
from crm.queries.receipt import Link, Receipt

SIGNED_IN: dict[str, Promise] = {
    "room session after a code by mail": gettext_lazy("In the room, signed in by a code to their address"),
    "room session after a passkey": gettext_lazy("In the room, signed in by a passkey of theirs"),
}
"""How somebody was signed in, as evidence keeps it, in the reader's words."""

_ENTRIES: dict[str, Promise] = {
    "asked": gettext_lazy("Asked"),
    "answered": gettext_lazy("Answered"),
    "recorded": gettext_lazy("Written down"),
    "confirmed": gettext_lazy("Confirmed"),
    "contested": gettext_lazy("Contested"),
    "withdrawn": gettext_lazy("Taken back"),
    "reopened": gettext_lazy("Opened again"),
    "replaced": gettext_lazy("Replaced by newer words"),
    "cancelled": gettext_lazy("Taken back by the side that asked"),
}
_ANSWERS: dict[str, Any] = {answer.value: answer.label for answer in Answer}
_SIDES: dict[str, Any] = {
    Side.BUYER: gettext_lazy("the buying side"),
    Side.PARTNER: gettext_lazy("a partner"),
    Side.SELLER: gettext_lazy("the selling side"),
}


@dataclass(frozen=True)
class Fact:
    """One line of a receipt. `is_words`: what somebody said or was shown, to be set as words to read."""

    label: str
    text: str
    note: str = ""
    is_words: bool = False


@dataclass(frozen=True)
class LinkWords:
    """One entry of the chain with its neighbours: numbers and the beginnings of their hashes, and its own `hash` whole."""

    what: str
    before: str
    own: str
    after: str
    verdict: str
    hash: str


def moment(at: datetime) -> str:
    """Return a moment as evidence says it: to the second, in the reader's time zone, with the zone and its offset."""
    local = timezone.localtime(at)
    zone = date_format(local, "T")
    return f"{date_format(local, 'j F Y, H:i:s')} {zone}" + (
        "" if zone == "UTC" else f" (UTC{date_format(local, 'O')})"
    )


def facts_of(receipt: Receipt) -> list[Fact]:
    """Return the facts of a receipt in the order they are read."""
    return [fact for fact in _facts(receipt) if fact.text]


def _facts(receipt: Receipt) -> Iterator[Fact]:
    consent, question, content, asked = (
        receipt.consent,
        receipt.consent.question,
        receipt.content,
        receipt.asked_content,
    )
    yield _who(receipt)
    yield Fact(_("Answer"), str(_ANSWERS.get(content.get("answer", ""), consent.get_answer_display())))
    yield Fact(_("Their words"), content.get("note", consent.note), is_words=True)
    yield from _since_then(receipt)
    yield Fact(_("Sentence"), f"“{asked.get('sentence', question.sentence)}”", is_words=True)
    yield Fact(_("What it gives"), asked.get("benefit", question.benefit), is_words=True)
    yield Fact(
        _("Asked by"), f"{_asker(receipt)}, {moment(receipt.asked.entry.at if receipt.asked else question.asked_at)}"
    )
    if receipt.button:
        yield Fact(_("Button"), ", ".join(filter(None, (f"“{receipt.button}”", receipt.locale))))
    if receipt.given:
        label = _("Written down") if receipt.is_recorded else _("Answered")
        yield Fact(label, moment(receipt.given.entry.at))
    yield _how(receipt)
    yield Fact(_("File"), question.evidence.name if question.evidence else "")
    words = {"label": receipt.label, "number": asked.get("revision_number", consent.revision.number)}
    yield Fact(_("Shown"), _("%(label)s, revision %(number)s") % words)
    yield Fact(_("Replaces"), _replaces(receipt))


def _who(receipt: Receipt) -> Fact:
    person = receipt.person
    if person:
        name = ", ".join(filter(None, (person["name"], person.get("title"), person.get("organization"))))
        side = _("for %(side)s") % {"side": _SIDES.get(person.get("side", ""), "")} if person.get("side") else ""
        shared = _("several people read this mailbox") if person.get("shared_mailbox") else ""
        return Fact(_("Who"), name, ", ".join(filter(None, (person.get("email"), side, _("as on that day"), shared))))
    if receipt.is_erased:
        return Fact(_("Who"), _("Erased. The fingerprint of the entry stays."))
    return Fact(_("Who"), receipt.consent.participant.contact.name)


def _since_then(receipt: Receipt) -> Iterator[Fact]:
    """What the person, or the side that asked, said about the answer later."""
    later = [link for link in receipt.links if receipt.given and link.entry.seq > receipt.given.entry.seq]
    for link in later:
        note = (link.content or {}).get("note", "")
        yield Fact(_("Since then"), f"{_what(link.entry)}, {moment(link.entry.at)}", f"“{note}”" if note else "")
    if receipt.later:
        yield Fact(_("Since then"), _("A later answer of theirs stands in its place"))
    elif receipt.consent.answer == Answer.AGREED and not later:
        yield Fact(_("Taken back"), _("No. They can, in the room, at any time"))


def _asker(receipt: Receipt) -> str:
    by = receipt.asked_content.get("by", {})
    return str(by.get("name") or receipt.consent.question.asked_by.name)


def _how(receipt: Receipt) -> Fact:
    """How it was answered; of a question that was replaced or taken back there is nothing to say."""
    question, content = receipt.consent.question, receipt.content
    if receipt.given is None:
        return Fact(_("How"), "")
    if not receipt.is_recorded:
        how = (content.get("how") or {}).get("how", "")
        return Fact(_("How"), str(SIGNED_IN.get(how, how or SIGNED_IN["room session after a code by mail"])))
    channel = Channel(content.get("channel", question.channel)).label
    words = {"channel": channel, "name": _asker(receipt), "words": content.get("words", question.words)}
    said = _("%(channel)s, written down by %(name)s: “%(words)s”") % words
    at = datetime.fromisoformat(content["given_at"]) if content.get("given_at") else question.given_at
    where = content.get("given_where", question.given_where)
    return Fact(_("How"), said, ", ".join(filter(None, (where, moment(at) if at else ""))))


def _replaces(receipt: Receipt) -> str:
    before = receipt.consent.supersedes
    if before is None or before.said_at is None:
        return _("Nothing")
    words = {"number": before.revision.number, "day": date_format(timezone.localtime(before.said_at), "j F Y")}
    return _("Their yes to revision %(number)s, %(day)s") % words


def _what(entry: LedgerEntry) -> str:
    return str(_ENTRIES.get(entry.type, entry.type))


def links_of(receipt: Receipt) -> list[LinkWords]:
    """Return the entries about the answer, oldest first, each checked now."""
    return [
        LinkWords(
            what=f"{_what(link.entry)}, {moment(link.entry.at)}",
            before=_short(link.before),
            own=_short(link.entry),
            after=_short(link.after),
            verdict=_verdict(link),
            hash=link.entry.hash,
        )
        for link in receipt.links
    ]


def _short(entry: LedgerEntry | None) -> str:
    return f"{entry.seq} · {entry.hash[:6]}" if entry else ""


def _verdict(link: Link) -> str:
    if not link.is_whole:
        return _("does not fit: this record was altered")
    return _("words erased, fits") if link.content is None else _("checked now, fits")


def way_back(receipt: Receipt) -> str:
    """Return how the answer can be taken back, for whoever holds the receipt on paper; empty when no yes stands."""
    if receipt.consent.answer != Answer.AGREED or receipt.later:
        return ""
    url = site_url(reverse("room:receipt", args=[receipt.consent.room_id, receipt.consent.pk]))
    words = _(
        "A yes can be taken back at any time, as easily as it was given: in the room, on the page of this receipt: %(url)s"
    )
    return words % {"url": url}


def what_it_is() -> str:
    """Return what such a record is worth, in law and in fact."""
    return _(
        "A simple electronic signature, and nothing higher. It shows who answered what, to which words, and that neither has"
        " been altered since."
    )
