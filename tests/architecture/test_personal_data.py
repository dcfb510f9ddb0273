"""No field that could hold something about a person without somebody having decided: a place of the registry, or none."""

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from crm.registry import personal_data_places

TELLING = (
    models.CharField,  # e-mail addresses, web addresses and slugs are CharFields, too
    models.TextField,
    models.JSONField,
    models.GenericIPAddressField,
    models.BinaryField,
    models.FileField,
    ArrayField,
)

# Holds nothing about contacts. What is chosen from a list of ours ("agreed", "week") is left out by itself.
NOTHING_PERSONAL = {
    # Hashes and codes: they say nothing about anybody without the words they were made of.
    "crm.RoomSession.taken": "random tokens of forms",
    "crm.LedgerEntry.type": "the kind of entry",
    "crm.LedgerEntry.hash": "chain",
    "crm.LedgerEntry.prev_hash": "chain",
    "crm.LedgerEntry.payload_digest": "salted; the salt is erased",
    "crm.LedgerCheck.checkpoint": "hashes of heads",
    "crm.LedgerCheck.compared_with": "hash",
    "crm.LedgerCheck.digest": "hash",
    "crm.LedgerCheck.faults": "ids and codes of rows",
    "crm.Consent.kind": "name of a consent kind",
    "crm.Consent.content_hash": "hash of what was shown",
    "crm.Revision.kind": "name of a consent kind",
    "crm.Revision.content_hash": "stays, so that receipts of others still verify",
    "crm.Comment.section": "name of a section",
    "crm.Comment.mentioned": "ids",
    "crm.IdempotentAnswer.key": "made up by the calling program",
    "crm.IdempotentAnswer.headers": "version and address of a row: ids",
    "crm.IdempotentAnswer.request_hash": "hash, kept 30 days",
    "crm.ImportedRow.source": "name of an import",
    "crm.ImportedRow.subject_type": "name of a model",
    "crm.ImportRun.source": "name of an import",
    "crm.ExportJob.kinds": "names of kinds",
    "crm.ExportJob.format": "csv or xlsx",
    "crm.ImportRun.kind": "what the rows are",
    "crm.ImportRun.encoding": "name of an encoding",
    "crm.ImportRun.delimiter": "one sign",
    "crm.ImportRun.mapping": "names of fields",
    "crm.Delivery.consumer": "name of a consumer",
    "crm.Event.type": "noun.past_tense",
    "crm.Event.subject_type": "name of a model",
    "crm.Event.data": "ids and plain facts; `record` takes no personal words",
    "crm.LikelyPair.reasons": "codes of why two entries look alike",
    "crm.Merge.moved": "ids",
    "crm.Merge.left": "names of fields and ids",
    "crm.Erasure.ground": "the action refuses a ground that names the person",
    "crm.Erasure.retained_ground": "as above",
    "crm.Erasure.retained": "ids",
    "deals.Thanks.to": "ids",
    "deals.Section.content_hash": "hash",
    "deals.Waiver.gate": "name of a gate",
    "deals.Stage.good": "guidance, about no deal in particular",
    "deals.Stage.material": "guidance, about no deal in particular",
    "deals.Stage.steps": "guidance, about no deal in particular",
    "deals.ExchangeRate.currency": "code",
    "deals.LineItem.currency": "code",
    "deals.Price.currency": "code",
    "deals.Product.name": "what we sell",
    "deals.Product.code": "what we sell",
    "deals.Product.description": "what we sell",
    "deals.Product.unit": "what we sell",
    "handoff.BriefItem.group": "name of a section",
    "handoff.Goal.reason": "code of a rule",
    # Organisations, not persons. A person's name in the custom fields is taken out with `words_of_others`.
    "crm.Organization.name": "a firm",
    "crm.Organization.domain": "a firm",
    "crm.Organization.website": "a firm",
    "crm.Organization.industry": "a firm",
    "crm.Organization.country": "a firm",
    "crm.Organization.city": "a firm",
    "crm.Room.time_zone": "a room",
    "crm.Room.welcomed_domain": "a firm",
    "crm.Task.time_zone": "staff",
    "crm.Notification.kind": "name of a kind of news",
    "crm.User.news_off": "names of kinds of news",
    "crm.User.mails_off": "names of kinds of news",
    "deals.Deal.currency": "ISO 4217",
    "deals.SetAside.field": "the name of a field",
    "deals.ProblemStatement.currency": "ISO 4217",
    "deals.StageTotal.currency": "ISO 4217",
    # Staff, keys and what administrators set up. Staff are no contacts: their data follow their employment.
    "crm.User.email": "staff",
    "crm.User.name": "staff",
    "crm.User.title": "staff",
    "crm.User.password": "staff",
    "crm.User.time_zone": "staff",
    "crm.User.locale": "staff",
    "crm.Team.name": "staff",
    "crm.Team.lineage": "ids",
    "crm.ApiKey.name": "staff",
    "crm.ApiKey.prefix": "staff",
    "crm.ApiKey.last_four": "staff",
    "crm.ApiKey.key_hash": "staff",
    "crm.ApiKey.scopes": "staff",
    "crm.BulkChange.kind": "name of a kind of record",
    "crm.BulkChange.field": "name of a field",
    "crm.BulkChange.value": "one value for many records",
    "crm.BulkRow.words": "why an action refused, in its own words",
    "crm.View.name": "staff",
    "crm.View.kind": "name of a kind of record",
    "crm.View.filter": "what one of staff looks for; shown to their team only as a filter",
    "crm.View.columns": "names of fields",
    "crm.View.sort": "name of a field",
    "crm.DefaultView.kind": "name of a kind of record",
    "crm.CustomField.key": "definition",
    "crm.CustomField.label": "definition",
    "crm.CustomField.choices": "definition",
    "crm.WebhookEndpoint.url": "another system",
    "crm.WebhookEndpoint.description": "another system",
    "crm.WebhookEndpoint.event_types": "names of events",
    "crm.WebhookEndpoint.secret": "sealed",
    "crm.WebhookEndpoint.previous_secret": "sealed",
    "crm.WebhookEndpoint.disabled_reason": "fixed words",
    "deals.Pipeline.name": "definition",
    "deals.Pipeline.slug": "definition",
    "deals.Stage.name": "definition",
    "deals.Stage.question": "definition",
    "deals.Stage.answer_roles": "definition",
    "deals.StageGate.code": "definition",
}

# Apps of packages: only staff sign in through them; what the administration changed is named by staff's own rows there,
# and contacts are read-only in it.
STAFF_ONLY = ("account", "admin", "auth", "contenttypes", "mfa", "sessions", "socialaccount")


def telling_fields() -> set[str]:
    """Give every field that free words, addresses or bytes could stand in."""
    found = set()
    for model in apps.get_models():
        if model._meta.app_label in STAFF_ONLY:
            continue
        for field in model._meta.concrete_fields:
            if isinstance(field, TELLING) and not field.choices:
                found.add(f"{model._meta.label}.{field.name}")
    return found


def declared() -> set[str]:
    return {name for place in personal_data_places() for name in place.fields}


def test_somebody_has_decided_about_every_field() -> None:
    undecided = sorted(telling_fields() - declared() - set(NOTHING_PERSONAL))
    assert not undecided, (
        "Can something about a contact stand here? Then a place in crm/, deals/ or handoff/personal_data declares it, exports it"
        " and erases it. If not, say so in NOTHING_PERSONAL:\n" + "\n".join(undecided)
    )


def test_nothing_is_decided_twice_or_about_a_field_that_is_gone() -> None:
    known = {f"{model._meta.label}.{field.name}" for model in apps.get_models() for field in model._meta.fields}
    assert sorted((declared() | set(NOTHING_PERSONAL)) - known) == []
    assert sorted(declared() & set(NOTHING_PERSONAL)) == []


@pytest.mark.django_db
def test_every_new_field_fails_until_somebody_decides() -> None:
    """The test above finds something at all."""
    assert "crm.Comment.body" in telling_fields()
    assert "crm.RoomSession.address" in telling_fields()
    assert "crm.Passkey.credential" in telling_fields()
    assert "crm.Consent.answer" not in telling_fields()


def test_places_have_names_of_their_own() -> None:
    names = [place.name for place in personal_data_places()]
    assert len(names) == len(set(names)) > 20
    assert all((place.find is None) == (place.erase_rows is None) for place in personal_data_places())
