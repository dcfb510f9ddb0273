"""Keeping what the deals of each stage come to: differences are added, folded later, and counted anew when in doubt."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import structlog
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from deals.models import Deal, StageTotal
from deals.queries.stage_total import Figures, Key, figures_of, missing_figures

log = structlog.get_logger(__name__)

COUNTED = frozenset({"stage", "status", "waits_for_client", "team", "owner", "currency", "amount", "archived_at"})
"""The fields of a deal that its stage's totals depend on."""
_LOCK = 0x0C60_707A


def is_counted(*fields: str) -> bool:
    """Whether a change of these fields (`owner` or `owner_id`) changes a total."""
    return not COUNTED.isdisjoint(field.removesuffix("_id") for field in fields)


@contextmanager
def recounted(deals: QuerySet[Deal]) -> Iterator[None]:
    """Carry over into the totals whatever the block changes about `deals`, in the same transaction.

    `deals` is asked before and after, so it names the same rows both times. The caller holds the locks of their rooms:
    nobody else changes them meanwhile.
    """
    before = figures_of(deals)
    yield
    after = figures_of(deals)
    keys = before.keys() | after.keys()
    _add({key: after.get(key, Figures()) - before.get(key, Figures()) for key in keys})


def _add(differences: Mapping[Key, Figures]) -> None:
    StageTotal.objects.bulk_create(
        StageTotal(
            **dict(zip(StageTotal.KEY, key, strict=True)),
            deals=figures.deals,
            priced=figures.priced,
            amount=figures.amount,
        )
        for key, figures in sorted(differences.items(), key=str)
        if figures
    )


@transaction.atomic
def fold_stage_totals() -> int:
    """Put the rows of each key together into one; return how many rows went. Waits for nobody, and nobody for it.

    Rows that another fold holds are left to it; rows that are not committed yet are seen the next time.
    """
    others = StageTotal.objects.filter(**{name: OuterRef(name) for name in StageTotal.KEY}).exclude(pk=OuterRef("pk"))
    several = StageTotal.objects.filter(Exists(others)).order_by("pk")
    rows = list(several.select_for_update(of=("self",), skip_locked=True))
    folded: dict[Key, Figures] = {}
    for row in rows:
        key: Key = (row.stage_id, row.status, row.waits_for_client, row.team_id, row.owner_id, row.currency)
        folded[key] = folded.get(key, Figures()) + Figures(row.deals, row.priced, row.amount)
    StageTotal.objects.filter(pk__in=[row.pk for row in rows]).delete()
    _add(folded)
    return len(rows)


@transaction.atomic
def recount_stage_totals() -> int:
    """Set right what the totals lack, and return for how many keys: 0 unless deals were written past the actions.

    That happens while a release that does not know the totals yet still serves, or when rows are changed by hand.
    """
    with connection.cursor() as cursor:  # of two recounts the second one looks when the first has committed
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    missing = missing_figures()
    for key, figures in missing.items():
        log.warning("stage_total_corrected", key=[str(part) for part in key], deals=figures.deals)
    _add(missing)
    return len(missing)
