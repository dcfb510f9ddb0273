"""Copies that the machinery keeps for a while: answers to repeated calls, tries, errors, mails of the demo, imports."""

import json
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from crm.models import BulkRow, Delivery, DemoMail, IdempotentAnswer, ImportedRow, WebhookAttempt
from crm.personal_data.person import Person
from crm.personal_data.rows import Rows, deleted, erased_words, fields_of, plain
from crm.registry import PersonalDataPlace


def _naming(person: Person, rows: Rows, *names: str) -> list[Any]:
    """Return the ids of rows whose texts name the person or one of the ids; the database looks first, the rule decides."""
    words = (*person.traces.words, *person.traces.ids)
    spelled = {spelling for word in words for spelling in (word, json.dumps(word)[1:-1])}
    if not spelled:
        return []
    texts = {f"{name}_text": Cast(name, TextField()) for name in names}
    likely = reduce(or_, (Q(**{f"{text}__icontains": word}) for text in texts for word in spelled))
    found = rows.annotate(**texts).filter(likely)
    return [pk for pk, *values in found.values_list("pk", *names) if person.traces.are_in(values)]


def _answers(person: Person) -> Any:
    rows = IdempotentAnswer.objects.filter(body__isnull=False)
    return IdempotentAnswer.objects.filter(pk__in=_naming(person, rows, "body"))


def _tries(person: Person) -> Any:
    return WebhookAttempt.objects.filter(pk__in=_naming(person, WebhookAttempt.objects.exclude(answer=""), "answer"))


def _errors(person: Person) -> Any:
    return Delivery.objects.filter(pk__in=_naming(person, Delivery.objects.exclude(last_error=""), "last_error"))


def _mails(person: Person) -> Any:
    return DemoMail.objects.filter(pk__in=_naming(person, DemoMail.objects.all(), "to", "subject", "text", "html"))


def _imported(person: Person) -> Any:
    naming = _naming(person, ImportedRow.objects.exclude(values={}), "values")
    return ImportedRow.objects.filter(Q(subject_id=person.contact.pk) | Q(pk__in=naming))


def _erase_imported(person: Person) -> int:
    """Take out what was imported of them; the row stays, so that importing the file again changes nothing else."""
    changed, mask = 0, erased_words()
    for row in _imported(person):
        row.values = {} if row.subject_id == person.contact.pk else person.words.masked(row.values, mask)
        row.key = f"erased:{row.pk}" if row.subject_id == person.contact.pk else row.key
        row.save(update_fields=["values", "key"])
        changed += 1
    return changed


def _bulk_rows(person: Person) -> Any:
    """Return what their own row held before a change of many, and where others' rows named them. A month is kept at most."""
    rows = BulkRow.objects.exclude(before=None)
    return rows.filter(Q(subject_id=person.contact.pk) | Q(pk__in=_naming(person, rows, "before")))


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
        fields=fields_of("crm.ImportedRow", "key", "values", "digest"),
        export=lambda person: plain(_imported(person), "source", "imported_at", "values"),
        erase=_erase_imported,
        private=True,
    ),
)
