"""What most places are made of: rows given out as plain JSON, and texts of others with the person taken out."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext

from crm.models import Side
from crm.personal_data.person import Person
from crm.registry import PersonalDataPlace

Rows = QuerySet[Any]


def erased_words() -> str:
    """Return what stands where an erased person's words, or their name in others' words, stood."""
    with translation.override(settings.LANGUAGE_CODE):
        return gettext("(erased)")


def plain(rows: Rows, *names: str) -> list[dict[str, Any]]:
    """Return these fields of rows as plain JSON: times and numbers as text."""
    found: list[dict[str, Any]] = json.loads(json.dumps(list(rows.values(*names)), cls=DjangoJSONEncoder))
    return found


def naming(person: Person, rows: Rows, *names: str) -> list[Any]:
    """Return the ids of rows whose texts name the person or one of the ids; the database looks first, the rule decides."""
    words = (*person.traces.words, *person.traces.ids)
    spelled = {spelling for word in words for spelling in (word, json.dumps(word)[1:-1])}
    if not spelled:
        return []
    texts = {f"{name}_text": Cast(name, TextField()) for name in names}
    likely = reduce(or_, (Q(**{f"{text}__icontains": word}) for text in texts for word in spelled))
    found = rows.annotate(**texts).filter(likely)
    return [pk for pk, *values in found.values_list("pk", *names) if person.traces.are_in(values)]


def fields_of(label: str, *names: str) -> frozenset[str]:
    """Return the names of fields as a place declares them: "crm.Comment.body"."""
    return frozenset(f"{label}.{name}" for name in names)


def deleted(rows: Rows) -> int:
    """Delete rows that are nobody's evidence, and return how many of this model there were."""
    _all, of_models = rows.delete()
    return int(of_models.get(rows.model._meta.label, 0))


@dataclass(frozen=True)
class Texts:
    """Texts of others that may name a person: these fields of a model's rows. `room` is the way from a row to its room.

    With `roomless` also those of rows without one: nothing says whom they are about.
    """

    model: type[Model]
    room: str
    names: tuple[str, ...]
    roomless: bool = False

    def rows(self, person: Person) -> Rows:
        """Return the rows in the person's rooms."""
        here = Q(**{f"{self.room}__in": person.rooms})
        return self.model._base_manager.filter(here | Q(**{self.room: None}) if self.roomless else here).distinct()

    def find(self, person: Person) -> list[dict[str, Any]]:
        """Return the rows that name the person, with these fields only; without what another side has not shared."""
        rows = self.rows(person)
        if any(field.name == "private_to" for field in self.model._meta.fields):
            rows = rows.filter(private_to__in=("", Side.SELLER))
        found = plain(rows, "pk", *self.names)
        return [row for row in found if person.words.are_in([row[name] for name in self.names])]

    def mask(self, person: Person) -> int:
        """Take the person's name, address and telephone number out, and return how many rows changed."""
        mask, changed = erased_words(), 0
        for row in self.rows(person).only("pk", *self.names):
            before = {name: getattr(row, name) for name in self.names}
            after = {name: self._fitting(row, name, person.words.masked(value, mask)) for name, value in before.items()}
            if after != before:
                type(row)._base_manager.filter(pk=row.pk).update(**after)
                changed += 1
        return changed

    def _fitting(self, row: Any, name: str, value: Any) -> Any:
        limit = row._meta.get_field(name).max_length
        return value[:limit] if limit and isinstance(value, str) else value


def texts_place(name: str, label: str | Promise, texts: Iterable[Texts]) -> PersonalDataPlace:
    """Return a place made of texts that others wrote. They are handed over by an administrator only."""
    all_texts = tuple(texts)

    def export(person: Person) -> list[dict[str, Any]]:
        return [row for one in all_texts for row in one.find(person)]

    def erase(person: Person) -> int:
        return sum(one.mask(person) for one in all_texts)

    fields = frozenset().union(*(fields_of(one.model._meta.label, *one.names) for one in all_texts))
    return PersonalDataPlace(name, label, fields, export, erase, private=True)
