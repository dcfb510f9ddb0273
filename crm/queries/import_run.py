"""How far the demo data have come."""

from crm.models import ImportRun


def newest_demo_run() -> ImportRun | None:
    """Return the newest import of demo data, None before the first. It holds counts only, so there is no actor to ask for."""
    return ImportRun.objects.filter(is_demo=True).first()
