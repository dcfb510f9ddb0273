"""Reading success criteria."""

from deals.models import Criterion
from deals.rules.criterion import CriterionData, Missing, missing_for_measurable


def missing_of(criterion: Criterion) -> list[Missing]:
    """Return what the criterion lacks for two people to measure it and get the same number."""
    return missing_for_measurable(
        CriterionData(
            title=criterion.title,
            direction=criterion.direction,
            unit=criterion.unit,
            baseline=criterion.baseline,
            baseline_on=criterion.baseline_on,
            target=criterion.target,
            due_on=criterion.due_on,
            source=criterion.source,
            measured_by=criterion.measured_by,
            frequency=criterion.frequency,
            has_buyer_owner=criterion.buyer_owner_id is not None,
            has_seller_owner=criterion.seller_owner_id is not None,
        )
    )
