"""Jobs of the time after the close. Thin: each calls an action, and doing it twice changes nothing."""

from celery import shared_task

from handoff.actions.goal import rejudge_goals


@shared_task  # type: ignore[untyped-decorator]
def rejudge_all_goals() -> None:
    """Judge all running goals as of today: a due date may have passed, a number may be overdue.

    Fails at the end when a goal could not be judged; the others are."""
    rejudge_goals()
