"""Reading exports that were asked for."""

from uuid import UUID

from crm.actors import Actor
from crm.errors import NotFound
from crm.models import ExportJob, ExportState
from crm.models.export_job import ExportJobQuerySet


def export_jobs(actor: Actor) -> ExportJobQuerySet:
    """Return the actor's exports, the newest first."""
    return ExportJob.objects.visible_to(actor)


def get_export_job(actor: Actor, job_id: UUID, *, ready: bool = False) -> ExportJob:
    """Return one export of the actor's, with `ready` only when its file is there. Raises `NotFound`."""
    jobs = export_jobs(actor).filter(pk=job_id)
    job = (jobs.filter(state=ExportState.READY) if ready else jobs).first()
    if job is None:
        raise NotFound
    return job
