"""Job queue and schedule. Jobs are woken by the outbox; what is owed is in PostgreSQL, never here."""

import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import setup_logging
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.config.settings")

from django.conf import settings


def broker_url(redis_url: str) -> str:
    """Give the address of Redis in the queue's own words: a Unix socket is `redis+socket://` there."""
    return redis_url.replace("unix://", "redis+socket://", 1)


app = Celery("common_ground", broker=broker_url(settings.REDIS_URL))
app.conf.update(
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "global_keyprefix": f"{settings.REDIS_PREFIX}jobs:",
        "visibility_timeout": 600,
        "socket_connect_timeout": 0.1,
        "socket_timeout": 5,
    },
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_publish_retry=False,
    worker_prefetch_multiplier=1,
    worker_send_task_events=False,
    task_time_limit=300,
    task_soft_time_limit=240,
    timezone="UTC",
    beat_schedule={
        "sweep deliveries": {"task": "crm.tasks.deliver_owed", "schedule": 10.0, "options": {"expires": 10}},
        "send webhooks": {"task": "crm.tasks.send_webhooks", "schedule": 5.0, "options": {"expires": 5}},
        "send digests": {
            "task": "crm.tasks.send_digests",
            "schedule": crontab(minute="*/15"),
            "options": {"expires": 900},
        },
        "check the ledger": {"task": "crm.tasks.check_ledger", "schedule": crontab(hour=2, minute=15)},
        "look for duplicates": {"task": "crm.tasks.look_for_duplicates", "schedule": crontab(hour=3, minute=5)},
        "drop facts of sign-ins": {"task": "crm.tasks.drop_sign_in_facts", "schedule": crontab(hour=3, minute=40)},
        "sweep files of forms": {"task": "crm.tasks.sweep_uploads", "schedule": crontab(minute=35)},
        "change many": {"task": "crm.tasks.work_on_bulk_changes", "schedule": 3.0, "options": {"expires": 3}},
        "drop old changes of many": {"task": "crm.tasks.drop_old_bulk_changes", "schedule": crontab(hour=3, minute=50)},
        "make exports": {"task": "crm.tasks.make_exports", "schedule": 2.0, "options": {"expires": 2}},
        "drop exports": {"task": "crm.tasks.drop_exports", "schedule": crontab(minute=15)},
        "sweep imports": {"task": "crm.tasks.sweep_imports", "schedule": crontab(hour=3, minute=25)},
        "drop kept answers": {"task": "crm.tasks.drop_kept_answers", "schedule": crontab(minute=50)},
        "settle erasures": {"task": "crm.tasks.settle_erasures", "schedule": crontab(minute=20)},
        "go on with imports": {"task": "deals.tasks.work_on_imports", "schedule": 2.0, "options": {"expires": 2}},
        "fold stage totals": {
            "task": "deals.tasks.fold_stage_totals",
            "schedule": 60.0,
            "options": {"expires": 60},
        },
        "recount stage totals": {
            "task": "deals.tasks.recount_stage_totals",
            "schedule": crontab(hour=2, minute=25),
        },
        "judge goals, where a day has begun": {
            "task": "handoff.tasks.rejudge_all_goals",
            "schedule": crontab(minute=5),
        },
    },
)
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks(["crm", "deals", "handoff"])


@setup_logging.connect  # type: ignore[untyped-decorator]
def _keep_our_logging(**_kwargs: object) -> None:
    """Stop Celery from replacing Django's logging."""
