"""A file that shows a number: sent with it, opened by who is in the room, by nobody else."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from crm.actions.attachment import add_attachment
from crm.actors import as_participant
from crm.clock import now
from crm.models import Attachment, Side, Upload
from handoff.models import Goal, Measurement
from tests.cast import Cast
from tests.crm.room.door import client_of
from tests.handoff.story import goal_of, measure

pytestmark = pytest.mark.django_db


def send(client: Client, url: str, name: str, content: bytes) -> int:
    typed = {"value": "95", "measured_at": "2026-05-01", "evidence": SimpleUploadedFile(name, content)}
    return client.post(url, typed).status_code


def measure_url(goal: Goal) -> str:
    return reverse("handoff:measure", args=[goal.pk])


@pytest.mark.slow
def test_staff_and_room_open_the_file_of_a_number_and_nobody_else_does(cast: Cast, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
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


@pytest.mark.slow
def test_a_file_that_is_not_taken_writes_no_number(cast: Cast, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    goal = goal_of(cast)
    staff = Client()
    staff.force_login(cast.tomas)
    assert send(staff, measure_url(goal), "run.exe", b"MZ\x00\x01") == 422
    assert send(staff, measure_url(goal), "empty.csv", b"") == 422
    assert not Measurement.objects.exists()
    assert not Attachment.objects.exists()


@pytest.mark.slow
@pytest.mark.parametrize("side", ["staff", "room"])
def test_a_refused_number_keeps_its_file_for_the_next_try(cast: Cast, settings, tmp_path, side: str) -> None:
    settings.MEDIA_ROOT = tmp_path
    goal = goal_of(cast)
    measure(cast, goal, "95", now() - timedelta(days=40))
    client = client_of(cast.ingrid.contact)
    url = reverse("handoff_room:measure", args=[goal.plan.room_id, goal.pk])
    if side == "staff":
        client, url = Client(), measure_url(goal)
        client.force_login(cast.tomas)
    typed = {"value": "", "measured_at": "2026-02-30", "evidence": SimpleUploadedFile("orders.csv", b"a,b\n1,2\n")}
    refused = client.post(url, typed)
    assert set(refused.context["form"].errors) == {"value", "measured_at"}
    kept = str(Upload.objects.get().pk)
    assert f'name="evidence-kept" value="{kept}"' in refused.content.decode()
    good = {"value": "95.1", "measured_at": "2026-05-01", "evidence-kept": kept}
    assert client.post(url, good).status_code == 302
    evidence = Measurement.objects.get(value="95.1").evidence
    assert evidence is not None
    assert evidence.name == "orders.csv"


@pytest.mark.slow
def test_an_unusual_step_asks_why_and_keeps_the_file_meanwhile(cast: Cast, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    goal = goal_of(cast)
    for month, value in enumerate(("93.5", "93.6", "93.7", "93.8")):
        measure(cast, goal, value, now() - timedelta(days=200 - 30 * month))
    staff = Client()
    staff.force_login(cast.tomas)
    day = (now() - timedelta(days=2)).date().isoformat()
    typed = {"value": "60", "measured_at": day, "evidence": SimpleUploadedFile("orders.csv", b"a,b\n1,2\n")}
    refused = staff.post(measure_url(goal), typed)
    assert set(refused.context["form"].errors) == {"note"}
    assert "The largest step so far" in refused.content.decode()
    kept = str(Upload.objects.get().pk)
    again = {"value": "60", "measured_at": day, "note": "A flood", "evidence-kept": kept}
    assert staff.post(measure_url(goal), again).status_code == 302
    assert Measurement.objects.get(value="60").evidence is not None


@pytest.mark.slow
@pytest.mark.parametrize("side", [Side.BUYER, Side.PARTNER])
def test_with_a_grant_for_some_sections_the_file_comes_and_goes_with_the_goal(
    cast: Cast, settings, tmp_path, side: str
) -> None:
    settings.MEDIA_ROOT = tmp_path
    goal = goal_of(cast)
    staff = Client()
    staff.force_login(cast.tomas)
    send(staff, measure_url(goal), "orders.csv", b"week,rate\n1,95\n")
    file = Measurement.objects.get().evidence
    loose = add_attachment(actor=cast.rep, room_id=goal.plan.room_id, name="notes.txt", content=BytesIO(b"notes"))
    link = reverse("room:attachment", args=[goal.plan.room_id, file.pk])
    page = reverse("handoff_room:goal", args=[goal.plan.room_id, goal.pk])
    for name, section, status in (("Legal Lars", "problem", 404), ("Aisha Karim", "criteria", 200)):
        grant = cast.let_in(cast.contact(name), side=side, sections=[section])
        guest = client_of(grant.contact)
        assert (guest.get(page).status_code, guest.get(link).status_code) == (status, status)
        seen = set(Attachment.objects.visible_to(as_participant(grant)))
        assert seen == ({file} if status == 200 else set())
        assert loose not in seen
    Attachment.objects.filter(pk=file.pk).update(private_to="seller")
    assert not Attachment.objects.visible_to(as_participant(grant)).exists()
