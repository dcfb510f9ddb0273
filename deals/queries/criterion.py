"""Reading success criteria."""

from deals.models import Criterion
from deals.rules.criterion import CriterionData, Missing, missing_for_measurable


def missing_of(criterion: Criterion) -> list[Missing]:
    """Return what the criterion lacks for two people to measure it and get the same number."""
    return missing_for_measurable(criterion_data(criterion))


def criterion_data(criterion: Criterion) -> CriterionData:
    """Return the criterion as the rules look at it."""
    return CriterionData(
        counted=criterion.counted_as or criterion.title,
        direction=criterion.direction,
        unit=criterion.unit,
        baseline_value=criterion.baseline,
        baseline_on=criterion.baseline_on,
        target_value=criterion.target,
        due_on=criterion.due_on,
        measured_by=criterion.measured_by,
        source=criterion.source,
        frequency=criterion.frequency,
        buyer_owner=str(criterion.buyer_owner_id or ""),
        seller_owner=str(criterion.seller_owner_id or ""),
    )
