"""What the pages of a section need to know of its rows: their form, and the actions that write them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from deals.actions.criterion import add_criterion, archive_criterion, edit_criterion, share_criterion
from deals.actions.problem import FIELDS as STATEMENT_FIELDS
from deals.actions.problem import add_statement, archive_statement, edit_statement, share_statement
from deals.models import Criterion, ProblemStatement, SectionKind
from deals.queries.content import CRITERION_FIELDS
from deals.room.forms import CriterionForm, StatementForm


@dataclass(frozen=True)
class RowKind:
    """The rows of one kind of section. The actions take the row's id under the name `id_name`."""

    model: Any
    form: Callable[..., Any]
    fields: tuple[str, ...]
    id_name: str
    add: Callable[..., Any]
    edit: Callable[..., Any]
    share: Callable[..., Any]
    archive: Callable[..., Any]


ROW_KINDS = {
    SectionKind.PROBLEM.value: RowKind(
        ProblemStatement,
        StatementForm,
        STATEMENT_FIELDS,
        "statement_id",
        add_statement,
        edit_statement,
        share_statement,
        archive_statement,
    ),
    SectionKind.CRITERIA.value: RowKind(
        Criterion,
        CriterionForm,
        CRITERION_FIELDS,
        "criterion_id",
        add_criterion,
        edit_criterion,
        share_criterion,
        archive_criterion,
    ),
}
