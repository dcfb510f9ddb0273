"""What the pages of a section need to know of its rows: their form, and the actions that write them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from deals.actions.criterion import add_criterion, archive_criterion, edit_criterion, share_criterion
from deals.actions.problem import add_statement, archive_statement, edit_statement, share_statement
from deals.actions.stakeholder import add_stakeholder, archive_stakeholder, edit_stakeholder, share_stakeholder
from deals.models import Criterion, ProblemStatement, SectionKind, Stakeholder
from deals.room.forms import CriterionForm, RowForm, StakeholderForm, StatementForm


@dataclass(frozen=True)
class RowKind:
    """The rows of one kind of section. The actions take the row's id under the name `id_name`; `heading` names a row."""

    model: Any
    heading: Callable[[Any], str]
    form: type[RowForm]
    id_name: str
    add: Callable[..., Any]
    edit: Callable[..., Any]
    share: Callable[..., Any]
    archive: Callable[..., Any]


ROW_KINDS = {
    SectionKind.PROBLEM.value: RowKind(
        ProblemStatement,
        lambda row: str(row.get_part_display()),
        StatementForm,
        "statement_id",
        add_statement,
        edit_statement,
        share_statement,
        archive_statement,
    ),
    SectionKind.CRITERIA.value: RowKind(
        Criterion,
        lambda row: str(row.title),
        CriterionForm,
        "criterion_id",
        add_criterion,
        edit_criterion,
        share_criterion,
        archive_criterion,
    ),
    SectionKind.PEOPLE.value: RowKind(
        Stakeholder,
        lambda row: str(row.name),
        StakeholderForm,
        "stakeholder_id",
        add_stakeholder,
        edit_stakeholder,
        share_stakeholder,
        archive_stakeholder,
    ),
}
