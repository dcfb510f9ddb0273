"""Receipts as a PDF: one answer, or all answers of one question."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from crm.pdf.typeset import typeset
from crm.queries.receipt import Receipt
from crm.receipt import facts_of, links_of, way_back, what_it_is


def receipt_pdf(receipts: Sequence[Receipt]) -> bytes:
    """Return the PDF of receipts of one room, in the language and time zone that are active."""
    first = receipts[0].consent
    title = _("Receipt: %(label)s") % {"label": receipts[0].label}
    content = {
        "title": title if len(receipts) == 1 else _("Receipt"),
        "room": first.room.title,
        "receipts": [receipt_content(receipt) for receipt in receipts],
        **frame_content(),
    }
    given = [receipt.given.entry.at for receipt in receipts if receipt.given]
    return typeset("receipt.typ", content, max(given, default=first.question.asked_at))


def frame_content() -> dict[str, Any]:
    """Return what every document of ours says around its content."""
    return {
        "lang": (get_language() or "en").split("-")[0],
        "issuer": settings.ORGANIZATION_NAME,
        "page_words": _("Page"),
        "of_words": _("of"),
        "unprintable_words": _(
            "Signs that this print cannot show, by their code points; the page in the room shows them:"
        ),
    }


def receipt_content(receipt: Receipt) -> dict[str, Any]:
    """Return one receipt as the template reads it."""
    consent = receipt.consent
    person = receipt.person
    name = person["name"] if person else "" if receipt.is_erased else consent.participant.contact.name
    return {
        "label": str(receipt.label),
        "headline": f"{name}: {consent.get_answer_display().lower()}" if name else consent.get_answer_display(),
        "agreed": consent.counts,
        "facts": [[fact.label, fact.text, fact.note, fact.is_words] for fact in facts_of(receipt)],
        "shown_words": _("What was shown"),
        "lines": [[str(line.label), line.text] for line in receipt.lines],
        "erased_words": "" if receipt.lines else _("The words of this revision were erased. Its hash stays."),
        "hash_words": _("Fingerprint of these words, SHA-256"),
        "hash": consent.content_hash,
        "chain_words": _("Place in the chain of records"),
        "links": [
            [link.what, link.before, link.own, link.after, link.verdict, link.hash] for link in links_of(receipt)
        ],
        "closing": [words for words in (way_back(receipt), what_it_is()) if words],
    }
