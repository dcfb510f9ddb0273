"""The processes of the app, as `make run` starts them. In production each is a container of its own."""

import sys
from dataclasses import dataclass, field
from pathlib import Path

from run.environment import ROOT

_CELERY = [sys.executable, "-m", "celery", "--app", "crm.config.celery", "--quiet"]


@dataclass(frozen=True)
class Job:
    """A process: kept alive, or run `once`."""

    name: str
    command: list[str]
    env: dict[str, str] = field(default_factory=dict)
    once: bool = False


def _manage(*arguments: str) -> list[str]:
    return [sys.executable, str(ROOT / "manage.py"), *arguments]


def jobs(host: str, port: int, var: Path, *, demo: bool) -> list[Job]:
    """Give all processes, the web process first."""
    web = [sys.executable, "-m", "uvicorn", "crm.config.asgi:application", "--host", host, "--port", str(port)]
    web += ["--lifespan", "off", "--no-access-log", "--log-level", "warning", "--timeout-graceful-shutdown", "5"]
    worker = [*_CELERY, "worker", "--pool", "threads", "--concurrency", "2", "--without-gossip", "--without-mingle"]
    beat = [*_CELERY, "beat", "--schedule", str(var / "beat-schedule"), "--pidfile", ""]
    found = [
        Job("web", web, {"DATABASE_POOL": "10"}),
        Job("relay", _manage("relay")),
        Job("worker", [*worker, "--loglevel", "WARNING"]),
        Job("beat", [*beat, "--loglevel", "WARNING"]),
    ]
    if demo:
        found.append(Job("load_demo", _manage("load_demo"), once=True))
    return [job for job in found if _exists(job)]


def _exists(job: Job) -> bool:
    """Say whether a management command that a job runs is in this tree."""
    if not job.command[1].endswith("manage.py"):
        return True
    return any(ROOT.glob(f"*/management/commands/{job.command[2]}.py"))
