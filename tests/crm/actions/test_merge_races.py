"""Merges that race with each other and with whoever works with the entries, on connections that really commit."""

import pytest

from crm.actions.merge import merge_entries, undo_merge
from crm.actions.organization import change_organization, create_organization
from crm.errors import DomainError
from crm.models import Merge, Organization, Room
from deals.actions.deal import change_deal, open_deal
from deals.models import Deal
from tests.cast import Cast
from tests.crm.actions.test_consent_races import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def merging(cast: Cast, kept: Organization, merged: Organization):
    return lambda: merge_entries(
        actor=cast.rep, kind="organization", kept_id=kept.pk, merged_id=merged.pk, version=1, merged_version=1
    )


def pair(cast: Cast) -> tuple[Organization, Organization]:
    return cast.halvorsen, create_organization(actor=cast.rep, values={"name": "Halvorsen AS"})


def test_of_many_merges_one_wins() -> None:
    cast = Cast()
    one, other = pair(cast)
    outcomes = together(*[merging(cast, one, other), merging(cast, other, one)] * 4)
    assert len([done for done in outcomes if isinstance(done, Merge)]) == 1
    assert Organization.objects.filter(archived_at=None).count() == 1


def test_undone_at_once_it_is_undone_once() -> None:
    cast = Cast()
    merge = merging(cast, *pair(cast))()
    outcomes = together(*[lambda: undo_merge(actor=cast.rep, merge_id=merge.pk, version=1)] * 6)
    assert len([done for done in outcomes if isinstance(done, Merge)]) == 1
    assert Organization.objects.filter(archived_at=None).count() == 2


def test_no_deal_stays_behind() -> None:
    cast = Cast()
    one, other = pair(cast)
    works = [
        lambda number=number: open_deal(actor=cast.rep, title=f"Deal {number}", organization_id=other.pk)
        for number in range(6)
    ]
    outcomes = together(merging(cast, one, other), *works)
    assert not [refusal for refusal in outcomes if isinstance(refusal, DomainError)]
    assert Deal.objects.filter(organization=one).count() == 6
    assert not Room.objects.filter(organization=other).exists()


def test_who_changes_a_deal_meanwhile_waits_and_goes_on() -> None:
    cast = Cast()
    one, other = pair(cast)
    deals = [open_deal(actor=cast.rep, title=f"Deal {number}", organization_id=other.pk) for number in range(4)]
    works = [
        lambda deal=deal: change_deal(
            actor=cast.rep, deal_id=deal.pk, version=1, values={"title": "Renamed", "organization": other.pk}
        )
        for deal in deals
    ]
    renaming = lambda: change_organization(  # noqa: E731
        actor=cast.rep, organization_id=other.pk, version=1, values={"city": "Oslo"}
    )
    outcomes = together(*works[:2], merging(cast, one, other), *works[2:], renaming)
    merged = isinstance(outcomes[2], Merge)
    assert merged or Organization.objects.get(pk=other.pk).city == "Oslo"
    assert Deal.objects.filter(organization=one if merged else other).count() == 4
