"""Who owns a criterion is part of what was agreed: by name, as it was then."""

import pytest

from crm.actions.contact import change_contact
from crm.actions.user import change_user
from crm.actors import as_user
from crm.clock import now
from crm.errors import Stale
from crm.events.deliver import deliver_owed
from crm.models import Consent, Contact, Question, Revision
from crm.queries.consent import standing_about
from crm.queries.receipt import get_receipt
from crm.rules.canonical import content_hash
from deals.actions.criterion import edit_criterion
from deals.actions.revision import keep_revision
from deals.models import Criterion, Deal, Section
from deals.queries.content import EMPTY_HASHES, NAMED, UNNAMED, section_snapshot
from tests.cast import Cast
from tests.handoff import story

pytestmark = pytest.mark.django_db


def agreed(cast: Cast) -> Consent:
    return story.say(story.ask(cast, cast.criteria())).consents.get()


def rename(cast: Cast, name: str = "Ingrid Solberg-Lie") -> None:
    contact = Contact.objects.get(pk=cast.ingrid.contact_id)
    change_contact(actor=cast.rep, contact_id=contact.pk, version=contact.version, values={"name": name})


def shown(consent: Consent, cast: Cast) -> str:
    return " ".join(line.text for line in get_receipt(cast.rep, consent.pk).lines)


def stands(cast: Cast) -> bool:
    section = cast.section("criteria")
    return standing_about(section.pk, section.content_hash).is_current


def test_a_receipt_keeps_the_names_of_owners_as_they_were(cast: Cast) -> None:
    consent = agreed(cast)
    before = shown(consent, cast)
    assert "Ingrid Solberg" in before
    rename(cast)
    assert shown(consent, cast) == before
    assert consent.revision.schema == NAMED
    assert content_hash(consent.revision.content, schema=NAMED) == consent.content_hash


@pytest.mark.slow
def test_an_owner_who_is_renamed_puts_what_was_agreed_out_of_date(cast: Cast) -> None:
    agreed(cast)
    rename(cast)
    deliver_owed()
    assert not stands(cast)
    assert "Ingrid Solberg-Lie" in shown(agreed(cast), cast)
    assert stands(cast)
    admin, version = as_user(cast.admin), cast.tomas.version
    change_user(actor=admin, user_id=cast.tomas.pk, version=version, values={"name": "Tomás H."})
    deliver_owed()
    assert not stands(cast)


def test_a_name_that_changed_after_it_was_shown_is_not_agreed_to(cast: Cast) -> None:
    question = story.ask(cast, cast.criteria())
    rename(cast)
    with pytest.raises(Stale):
        story.say(question)
    assert story.say(story.ask(cast, cast.criteria())).consents.get().answer == "agreed"


def test_what_a_deal_said_when_it_ended_stays(cast: Cast) -> None:
    agreed(cast)
    Deal.objects.update(status="lost", ended_at=now())
    rename(cast)
    deliver_owed()
    assert stands(cast)


@pytest.fixture
def old(cast: Cast) -> Consent:
    """A yes from before names were part of the words."""
    unnamed = section_snapshot(as_it_was(cast))
    question = story.ask(cast, cast.criteria())
    consent = story.say(question).consents.get()
    assert consent.content_hash == unnamed.content_hash
    return consent


def as_it_was(cast: Cast) -> Section:
    """Return the section with the hash that the former release gave it."""
    section = cast.section("criteria")
    content = section_snapshot(section).content
    rows = [{key: row[key] for key in row if key not in ("buyer_owner", "seller_owner")} for row in content["criteria"]]
    section.content_hash = content_hash({"criteria": rows}, schema=UNNAMED)
    section.save()
    return section


@pytest.mark.slow
def test_an_old_yes_stands_after_the_upgrade_and_is_readable(cast: Cast, old: Consent) -> None:
    assert old.revision.schema == UNNAMED
    assert stands(cast)
    assert "Ingrid Solberg" in shown(old, cast)
    rename(cast)
    deliver_owed()
    assert stands(cast)
    question = story.ask(cast, cast.criteria(), of=cast.daniel)
    assert Question.objects.open().get() == question
    assert question.consents.get().revision == old.revision


def test_old_words_that_change_are_named_and_can_be_kept_again(cast: Cast, old: Consent) -> None:
    row = Criterion.objects.get()
    edit_criterion(actor=cast.rep, criterion_id=row.pk, version=row.version, values={"target": "98"})
    assert not stands(cast)
    section = cast.section("criteria")
    assert section_snapshot(section).schema == NAMED
    keep_revision(
        actor=cast.rep, deal_id=cast.deal.pk, kind="criteria", revision_id=old.revision_id, version=section.version
    )
    assert stands(cast)
    assert Revision.objects.get().content_hash == old.content_hash


def test_criteria_that_nobody_owns_have_the_hash_they_always_had(cast: Cast) -> None:
    Criterion.objects.update(buyer_owner=None, seller_owner=None)
    assert section_snapshot(cast.section("criteria")).schema == UNNAMED
    Criterion.objects.all().delete()
    assert section_snapshot(cast.section("criteria")).content_hash == EMPTY_HASHES["criteria"]
