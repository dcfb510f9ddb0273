"""What a model lets be chosen and what the rules know are the same values."""

import pytest

from crm.models import Answer
from crm.rules import agreement
from deals.models import Direction
from deals.rules import criterion
from handoff.models import ItemKind
from handoff.rules import brief


@pytest.mark.parametrize(
    ("choices", "known"),
    [(Answer, agreement.Answer), (Direction, criterion.Direction), (ItemKind, brief.ItemKind)],
)
def test_choices_are_what_the_rules_know(choices, known) -> None:
    assert sorted(choices.values) == sorted(one.value for one in known)
