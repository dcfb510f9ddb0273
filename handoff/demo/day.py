"""What is on Maya's list and in her calendar on the day of the first start."""

from datetime import datetime, time, timedelta

from crm.actions.activity import log_activity
from crm.actions.task import create_task
from crm.actors import as_user
from crm.models import User
from deals.models import Deal
from handoff.demo.clock import StoryClock

TASKS = (
    ("Kestrel Outdoor", "Send the two case notes they asked for", 0),
    ("Halvorsen Foods", "Ask Erik who will lead the promotions desk", 0),
    ("Osei Textiles", "Write up the call with Kwame", 1),
)
"""Of whom, what, and in how many days."""
MEETINGS = (
    ("Halvorsen Foods", "Causes and costs, with Aisha and Ruth", 0, time(11, 0), 45),
    ("Northgate Grocers", "How success is counted, with Omar", 0, time(14, 0), 30),
    ("Tamarind Kitchens", "The problem in their words, with Asha", 2, time(9, 30), 60),
)
"""With whom, about what, in how many days, at what time (UTC), for how many minutes."""


def tell_day(clock: StoryClock, staff: dict[str, User]) -> None:
    """Note what Maya wants to do, and whom she meets. What is ahead is ahead of the first start, too."""
    maya, first_day = as_user(staff["rep"]), clock.first_start.date()
    with clock.at(4, 13, 17, 45):
        for client, title, days in TASKS:
            due = {"due_on": first_day + timedelta(days=days)}
            create_task(actor=maya, values={"title": title, "about": _deal(client).pk, **due})
        for client, subject, days, at, minutes in MEETINGS:
            moment = datetime.combine(first_day + timedelta(days=days), at, clock.first_start.tzinfo)
            values = {"type": "meeting", "subject": subject, "at": moment, "minutes": minutes}
            log_activity(actor=maya, room_id=_deal(client).room_id, values=values)


def _deal(client: str) -> Deal:
    return Deal.objects.get(organization__name=client, is_demo=True, is_imported=False)
