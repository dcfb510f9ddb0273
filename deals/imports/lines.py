"""The report of an imported file, line by line, as CSV."""

from collections.abc import Iterator, Sequence
from typing import IO

from django.utils.translation import gettext as _

from crm.models import ImportRun, LineResult
from crm.sheets import write_csv
from deals.queries.import_run import lines_of


def write_report(target: IO[bytes], run: ImportRun) -> int:
    """Write what became of each line, or before the import what would; return how many there were."""
    header = [_("Line"), _("Number in the source"), _("Name"), _("Result"), _("Why")]
    return write_csv(target, header, _rows(run))


def _rows(run: ImportRun) -> Iterator[Sequence[str]]:
    labels = {value: str(label) for value, label in LineResult.choices}
    for line in lines_of(run).only("line", "key", "label", "result", "words").iterator(2000):
        yield [str(line.line), line.key, line.label, labels[line.result], " ".join(line.words)]
