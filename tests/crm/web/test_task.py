"""Tasks as pages: noting, changing, ticking off; what is typed wrong comes back as it was typed."""

import pytest
from django.test import Client
from django.urls import reverse

from crm.models import Task
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(cast: Cast, client: Client) -> Client:
    client.force_login(cast.maya)
    return client


def test_a_task_is_noted_changed_and_done(cast: Cast, client: Client) -> None:
    assert "Nothing to do" in client.get("/tasks/").content.decode()
    typed = {"title": "Send the notes", "due_on": "2030-04-14", "due_time": "14:30", "about": str(cast.deal.pk)}
    answer = client.post("/tasks/new/", typed | {"next": "/tasks/", "once": "a"})
    assert answer.headers["Location"] == "/tasks/"
    client.post("/tasks/new/", typed | {"next": "/tasks/", "once": "a"})  # a second click
    task = Task.objects.get()
    page = client.get("/tasks/").content.decode()
    assert "Send the notes" in page
    assert "Halvorsen Foods" in page
    assert "14:30" in page
    form = client.get(reverse("crm:task", args=[task.pk])).content.decode()
    assert 'value="14:30"' in form
    assert 'value="2030-04-14"' in form
    client.post(reverse("crm:task", args=[task.pk]), typed | {"title": "Send both notes", "version": "1"})
    task.refresh_from_db()
    assert (task.title, task.version) == ("Send both notes", 2)
    client.post(reverse("crm:task_state", args=[task.pk, "complete"]), {"version": "2", "next": "/tasks/"})
    assert "Not done yet: Send both notes" in client.get("/tasks/").content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"title": ""}, "Write something here."),
        ({"title": "x", "due_time": "14:30"}, "Choose the day, too."),
        ({"title": "x", "due_on": "2030-04-14", "due_time": "25:99"}, "There is no such time."),
        ({"title": "x", "due_on": "tomorrow"}, "There is no such day."),
        ({"title": "x", "remind_at": "2020-01-01T09:00"}, "This moment has passed."),
        ({"title": "x", "about": "nobody"}, "Choose one from the list."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(client: Client, typed: dict, said: str) -> None:
    answer = client.post("/tasks/new/", typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert all(f'value="{value}"' in page for value in typed.values() if value)
    assert not Task.objects.exists()


def test_a_change_made_in_another_window_is_said_and_can_be_saved_over(client: Client) -> None:
    client.post("/tasks/new/", {"title": "One"})
    url = reverse("crm:task", args=[Task.objects.get().pk])
    client.post(url, {"title": "Two", "version": "1"})
    answer = client.post(url, {"title": "Three", "version": "1"})
    assert answer.status_code == 422
    assert "Somebody changed this" in answer.content.decode()
    assert 'name="version" value="2"' in answer.content.decode()
    client.post(url, {"title": "Three", "version": "2"})
    assert Task.objects.get().title == "Three"
