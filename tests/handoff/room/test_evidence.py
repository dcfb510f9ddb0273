"""A file that shows a number: sent with it, opened by who is in the room, by nobody else."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from crm.models import Attachment
from handoff.models import Goal, Measurement
from tests.cast import Cast
from tests.crm.room.door import client_of
from tests.handoff.story import goal_of

pytestmark = pytest.mark.django_db


def send(client: Client, url: str, name: str, content: bytes) -> int:
    typed = {"value": "95", "measured_at": "2026-05-01", "evidence": SimpleUploadedFile(name, content)}
    return client.post(url, typed).status_code


def measure_url(goal: Goal) -> str:
    return reverse("handoff:measure", args=[goal.pk])


def test_staff_and_room_open_the_file_of_a_number_and_nobody_else_does(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    cast = Cast()
    goal = goal_of(cast)
    staff = Client()
    staff.force_login(cast.tomas)
    assert send(staff, measure_url(goal), "orders.csv", b"week,rate\n1,95\n") == 302
    file = Measurement.objects.get().evidence
    assert file is not None
    link = reverse("crm:attachment", args=[file.pk])
    assert link in staff.get(reverse("handoff:goal", args=[goal.pk])).content.decode()
    assert b"week,rate" in b"".join(staff.get(link).streaming_content)
    room = goal.plan.room_id
    ingrid = client_of(cast.ingrid.contact)
    own = reverse("room:attachment", args=[room, file.pk])
    assert own in ingrid.get(reverse("handoff_room:goal", args=[room, goal.pk])).content.decode()
    assert ingrid.get(own).headers["Content-Disposition"].startswith("attachment")
    Attachment.objects.filter(pk=file.pk).update(private_to="seller")
    assert ingrid.get(own).status_code == 404
    stranger = Client()
    stranger.force_login(cast.stranger)
    assert stranger.get(link).status_code == 404


def test_a_file_that_is_not_taken_writes_no_number(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    cast = Cast()
    goal = goal_of(cast)
    staff = Client()
    staff.force_login(cast.tomas)
    assert send(staff, measure_url(goal), "run.exe", b"MZ\x00\x01") == 422
    assert send(staff, measure_url(goal), "empty.csv", b"") == 422
    assert not Measurement.objects.exists()
    assert not Attachment.objects.exists()
