"""Why a goal stands as it does, in one or two sentences."""

from decimal import ROUND_HALF_EVEN, Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm import formats
from crm.clock import today
from handoff.models import Goal
from handoff.rules.health import Health, Reason

TONES = {"on_track": "good", "reached": "good", "at_risk": "attention", "off_track": "attention", "missed": "no"}
ICONS = {"on_track": "check", "reached": "check", "at_risk": "alert", "off_track": "alert", "missed": "x"}


def reason_in_words(goal: Goal, health: Health) -> str:
    """Return the reason for a goal's state, with its numbers, and what is missing."""
    return " ".join(filter(None, (_reason(goal, health), _went_back(health), _overdue(goal, health))))


def _reason(goal: Goal, health: Health) -> str:
    facts = _facts(goal, health)
    match health.reason:
        case Reason.CONFIRMED:
            return _("%(name)s confirmed that it is reached.") % {
                "name": goal.confirmed_by.name if goal.confirmed_by else ""
            }
        case Reason.NOTHING_MEASURED:
            return _("Nothing has been measured yet.")
        case Reason.NOT_YET:
            return _("Not yet. There is time until %(due)s.") % facts
        case Reason.DUE_SOON:
            return _("Not yet, and it is due on %(due)s.") % facts
        case Reason.DUE_PASSED:
            return _("It was due on %(due)s and is not reached.") % facts
    if goal.is_yes_or_no:
        return str(_REACH[health.reason]) % facts
    return str(_NUMBERS[health.reason]) % facts


_REACH = {
    Reason.TARGET_MET: gettext_lazy("Done on %(on)s. The client has not confirmed it yet."),
    Reason.TARGET_MET_LATE: gettext_lazy(
        "Done on %(on)s, after the day it was due. The client has not confirmed it yet."
    ),
    Reason.TARGET_MET_DISPUTED: gettext_lazy("Entered as done on %(on)s, and disputed."),
}
_NUMBERS = {
    Reason.TARGET_MET: gettext_lazy("%(value)s on %(on)s: the target of %(target)s is met."),
    Reason.TARGET_MET_LATE: gettext_lazy(
        "%(value)s on %(on)s: the target of %(target)s is met, after the day it was due."
    ),
    Reason.TARGET_MET_DISPUTED: gettext_lazy("%(value)s on %(on)s would meet the target, and is disputed."),
    Reason.HELD_SO_FAR: gettext_lazy("%(value)s on %(on)s: it holds at %(target)s."),
    Reason.STRAYED: gettext_lazy("%(value)s on %(on)s: it should hold at %(target)s."),
    Reason.ON_PATH: gettext_lazy("%(value)s on %(on)s. Expected by then: %(expected)s."),
    Reason.BEHIND_PATH: gettext_lazy("%(value)s on %(on)s. By then it should have been %(expected)s."),
    Reason.FAR_BEHIND_PATH: gettext_lazy(
        "%(value)s on %(on)s. By then it should have been %(expected)s: less than half of the way that was expected."
    ),
}


def rounded(value: Decimal) -> Decimal:
    """Return a worked-out value with as many digits as people read: three that count, whole numbers whole."""
    if not value:
        return Decimal(0)
    places = max(0, 2 - value.adjusted())
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN).normalize() + 0


def _facts(goal: Goal, health: Health) -> dict[str, str]:
    locale = formats.babel_locale()
    numbers = {"value": health.value, "target": goal.target, "expected": health.expected and rounded(health.expected)}
    words = {key: "" if value is None else formats.number(value, locale, goal.unit) for key, value in numbers.items()}
    words["on"] = formats.day(health.value_on, today(), locale) if health.value_on else ""
    words["due"] = formats.day(goal.due_on, today(), locale)
    return words


def _went_back(health: Health) -> str:
    return _("It went backwards since the number before.") if health.went_back else ""


def _overdue(goal: Goal, health: Health) -> str:
    if health.overdue_since is None:
        return ""
    days = (today() - health.overdue_since).days
    if days <= 0:
        return _("A new number is due.")
    return ngettext("A new number is %(days)d day overdue.", "A new number is %(days)d days overdue.", days) % {
        "days": days
    }
