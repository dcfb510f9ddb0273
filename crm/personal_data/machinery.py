"""Copies that the machinery keeps for a while: answers to repeated calls, tries, errors, mails of the demo, imports."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.models import BulkRow, Delivery, DemoMail, IdempotentAnswer, ImportedRow, WebhookAttempt
from crm.personal_data.person import Person
from crm.personal_data.rows import deleted, erased_words, fields_of, naming, plain
from crm.registry import PersonalDataPlace


def _answers(person: Person) -> Any:
    rows = IdempotentAnswer.objects.filter(body__isnull=False)
    return IdempotentAnswer.objects.filter(pk__in=naming(person, rows, "body"))


def _tries(person: Person) -> Any:
    return WebhookAttempt.objects.filter(pk__in=naming(person, WebhookAttempt.objects.exclude(answer=""), "answer"))


def _errors(person: Person) -> Any:
    return Delivery.objects.filter(pk__in=naming(person, Delivery.objects.exclude(last_error=""), "last_error"))


def _mails(person: Person) -> Any:
    return DemoMail.objects.filter(pk__in=naming(person, DemoMail.objects.all(), "to", "subject", "text", "html"))


def _imported(person: Person) -> Any:
    named = naming(person, ImportedRow.objects.exclude(values={}), "values", "previous")
    return ImportedRow.objects.filter(Q(subject_id=person.contact.pk) | Q(pk__in=named))


def _erase_imported(person: Person) -> int:
    """Take out what was imported of them; the row stays, so that importing the file again changes nothing else."""
    changed, mask = 0, erased_words()
    for row in _imported(person):
        is_theirs = row.subject_id == person.contact.pk
        row.values = {} if is_theirs else person.words.masked(row.values, mask)
        row.previous = None if row.previous is None else {} if is_theirs else person.words.masked(row.previous, mask)
        row.key = f"erased:{row.pk}" if is_theirs else row.key
        row.save(update_fields=["values", "previous", "key"])
        changed += 1
    return changed


def _bulk_rows(person: Person) -> Any:
    """Return what their own row held before a change of many, and where others' rows named them. A month is kept at most."""
    rows = BulkRow.objects.exclude(before=None)
    return rows.filter(Q(subject_id=person.contact.pk) | Q(pk__in=naming(person, rows, "before")))


PLACES = (
    PersonalDataPlace(
        name="idempotent_answers",
        label=_("Answers to calls of other systems, kept 30 days"),
        fields=fields_of("crm.IdempotentAnswer", "body"),
        export=lambda person: plain(_answers(person), "created_at", "body"),
        erase=lambda person: int(_answers(person).update(body=None)),
        private=True,
    ),
    PersonalDataPlace(
        name="webhook_attempts",
        label=_("What other systems answered when they were told"),
        fields=fields_of("crm.WebhookAttempt", "answer"),
        export=lambda person: plain(_tries(person), "at", "answer"),
        erase=lambda person: int(_tries(person).update(answer="")),
        private=True,
    ),
    PersonalDataPlace(
        name="delivery_errors",
        label=_("Errors of mails and jobs"),
        fields=fields_of("crm.Delivery", "last_error"),
        export=lambda person: plain(_errors(person), "consumer", "last_error"),
        erase=lambda person: int(_errors(person).update(last_error="")),
        private=True,
    ),
    PersonalDataPlace(
        name="demo_mails",
        label=_("Mails of the demo"),
        fields=fields_of("crm.DemoMail", "to", "subject", "text", "html"),
        export=lambda person: plain(_mails(person).filter(to=person.contact.email), "sent_at", "to", "subject", "text"),
        erase=lambda person: deleted(_mails(person)),
    ),
    PersonalDataPlace(
        name="bulk_rows",
        label=_("What was there before many were changed at once"),
        fields=fields_of("crm.BulkRow", "before"),
        export=lambda person: plain(_bulk_rows(person), "bulk__field", "bulk__created_at", "before"),
        erase=lambda person: deleted(_bulk_rows(person)),
        private=True,
    ),
    PersonalDataPlace(
        name="imported_rows",
        label=_("What was imported about you"),
        fields=fields_of("crm.ImportedRow", "key", "values", "previous", "digest"),
        export=lambda person: plain(_imported(person), "source", "imported_at", "values"),
        erase=_erase_imported,
        private=True,
    ),
)
