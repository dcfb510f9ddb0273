"""A whole room as a PDF: what was asked and answered, what stands on the shared pages, what was said, which files there are."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from crm.archive_parts import ArchivePage
from crm.models import Attachment, Room
from crm.pdf.receipt import frame_content, receipt_content
from crm.pdf.typeset import typeset
from crm.queries.receipt import Receipt
from crm.receipt import moment, what_it_is


def room_pdf(
    room: Room,
    about: Mapping[str, Any],
    receipts: Sequence[Receipt],
    parts: Mapping[str, Sequence[ArchivePage]],
    comments: Sequence[Mapping[str, Any]],
    files: Sequence[Attachment],
) -> bytes:
    """Return the PDF of a room's archive, in the language and time zone that are active."""
    at = datetime.fromisoformat(about["exported_at"])
    names = ", ".join(one["name"] for one in about["people"])
    head = about["head"]
    content = {
        "title": room.title,
        "room": room.title,
        "lead": _("Everything shared in this room, as %(at)s found it.") % {"at": moment(at)},
        "people": [[_("At the table"), names], [_("Made for"), about["exported_for"]["name"]]],
        "receipts_words": _("Asked and answered"),
        "receipts": [receipt_content(receipt) | _SHOWN_ELSEWHERE for receipt in receipts],
        "no_receipts": "" if receipts else _("Nobody has been asked anything yet."),
        "revisions_words": _("What was shown"),
        "revisions": _revisions(receipts),
        "pages_words": _("What stands on the shared pages"),
        "pages": [
            {"title": page.title, "lines": [[str(line.label), line.text] for line in page.lines]}
            for pages in parts.values()
            for page in pages
            if page.lines
        ],
        "comments_words": _("What was said"),
        "comments": [[_said_by(one), one["body"]] for one in comments],
        "files_words": _("Files"),
        "files": [[file.name, file.sha256] for file in files],
        "chain_words": _("The record"),
        "chain": _("%(count)s entries; the last one has the hash") % {"count": head["seq"]}
        if head
        else _("It is empty."),
        "head": head["hash"] if head else "",
        "closing": [what_it_is()],
        **frame_content(),
    }
    return typeset("room.typ", content, at)


_SHOWN_ELSEWHERE: dict[str, Any] = {"shown_words": "", "lines": [], "erased_words": "", "closing": []}
"""Several people may be asked about one revision: on the paper of a room each is printed once, after the answers."""


def _revisions(receipts: Sequence[Receipt]) -> list[dict[str, Any]]:
    once = {receipt.consent.revision_id: receipt for receipt in receipts}
    return [
        {
            "title": _("%(label)s, revision %(number)s") % {"label": one.label, "number": one.consent.revision.number},
            "hash": one.consent.content_hash,
            "lines": [[str(line.label), line.text] for line in one.lines],
            "erased": "" if one.lines else _("The words of this revision were erased. Its hash stays."),
        }
        for one in once.values()
    ]


def _said_by(comment: Mapping[str, Any]) -> str:
    return f"{comment['by']}, {moment(datetime.fromisoformat(comment['created_at']))}"
