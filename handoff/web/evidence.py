"""A number with the file that shows it, both or neither; an unusual one says why."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.actors import Actor
from crm.checks import Checks
from crm.web.upload import SentFile
from handoff.actions.measurement import record_measurement
from handoff.models import Goal, Measurement
from handoff.queries.measurement import unusual_step_to


@transaction.atomic
def record_with_file(actor: Actor, goal: Goal, values: dict[str, Any], file: SentFile) -> Measurement | None:
    """Record a measurement with the file of its form. Raises `Invalid` at the fields; an unusual step without a note is one."""
    checks = Checks()
    typed = {name: value for name, value in values.items() if name != file.name}
    if not typed["note"] and unusual_step_to(goal, typed["value"]):
        words = _("Right as it is? Then say why, so that nobody has to guess.")
        checks.add("note", words, code="unusual_step")
    evidence = checks.part(lambda: file.attach(actor), file=file.name)
    made = checks.part(lambda: record_measurement(actor=actor, goal_id=goal.pk, evidence=evidence, **typed))
    checks.done()
    return made[0] if made else None
