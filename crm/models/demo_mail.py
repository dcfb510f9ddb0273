"""Mails of the demo: kept in the database and shown in the app instead of being sent."""

from django.db import models

from crm.ids import new_id


class DemoMail(models.Model):
    """One mail that would have been sent. Written only when `DEMO` is on and no `EMAIL_URL` is set."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sent_at = models.DateTimeField()
    to = models.CharField(max_length=1000)
    subject = models.CharField(max_length=998)
    text = models.TextField()
    html = models.TextField(blank=True)

    class Meta:
        ordering = ["-sent_at", "-id"]

    def __str__(self) -> str:
        return self.subject
