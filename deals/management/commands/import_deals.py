"""`manage.py import_deals FOLDER --preset maven --currency USD`: deals from files, as history."""

from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from crm.actors import SYSTEM
from crm.checks import Checks
from crm.clock import now
from crm.errors import DomainError
from crm.models import ImportRun
from deals.imports.load import FilesRefused, Order, import_folder
from deals.imports.maven import PRESETS
from deals.imports.report import Report
from deals.imports.table import Fault

_SHOWN = 40
"""Faults and notes shown at most."""


class Command(BaseCommand):
    """Checks every file of a folder, then brings in what is new or changed. The same files again change nothing."""

    help = "Import deals, clients and staff from the CSV files in a folder, as history: nobody is written to."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what can be given."""
        parser.add_argument("folder", type=Path, help="the folder with the files of the export")
        parser.add_argument("--preset", required=True, choices=sorted(PRESETS), help="which system exported them")
        parser.add_argument("--currency", required=True, help="the currency of all amounts, for example USD")
        parser.add_argument("--report", type=Path, help="where the report goes, one line for each row (CSV)")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the import; exit with 1 and every fault with its line when the files cannot be taken."""
        order = Order(
            folder=options["folder"],
            preset=PRESETS[options["preset"]],
            currency=_currency(options["currency"]),
            dry_run=options["dry_run"],
            progress=self._progress,
        )
        path = options["report"] or settings.VAR_DIR / "imports" / f"{order.preset.name}-{now():%Y%m%d-%H%M%S}.csv"
        report = Report(path)
        try:
            with report:
                run = import_folder(actor=SYSTEM, order=order, report=report)
        except FilesRefused as refused:
            path.unlink(missing_ok=True)
            raise CommandError(_refusal(refused.faults)) from None
        except DomainError as error:
            path.unlink(missing_ok=True)
            raise CommandError(str(error.message)) from None
        self._tell(run, report, dry_run=order.dry_run)

    def _progress(self, done: int, total: int) -> None:
        ending = "\r" if self.stdout.isatty() and done < total else "\n"
        if self.stdout.isatty() or done == total:
            self.stdout.write(_("%(done)s of %(total)s rows") % {"done": done, "total": total}, ending=ending)

    def _tell(self, run: ImportRun, report: Report, *, dry_run: bool) -> None:
        for file, counts in report.results.items():
            self.stdout.write(f"{file}: " + ", ".join(f"{count} {result}" for result, count in sorted(counts.items())))
        for note, count in report.notes.most_common(_SHOWN):
            self.stdout.write(f"  {count} × {note}")
        if report.kept:
            words = _("%(count)s rows have fields that were changed here; those were kept. The report names them.")
            self.stdout.write(words % {"count": report.kept})
        self.stdout.write(_("Report: %(path)s") % {"path": report.path})
        if dry_run:
            self.stdout.write(_("This was a dry run: nothing was changed."))


def _currency(value: str) -> str:
    checks = Checks()
    code = checks.currency("currency", value)
    if checks.faults:
        raise CommandError(f"--currency: {checks.faults[0].message}")
    return code


def _refusal(faults: Sequence[Fault]) -> str:
    lines = [_("Nothing was imported. What is wrong with the files:")]
    for fault in faults[:_SHOWN]:
        place = ", ".join(
            part for part in (fault.file, _("line %s") % fault.line if fault.line else "", fault.column) if part
        )
        lines.append(f"  {place}: {fault.message}")
    if len(faults) > _SHOWN:
        lines.append(_("  … and %s more") % (len(faults) - _SHOWN))
    return "\n".join(lines)
