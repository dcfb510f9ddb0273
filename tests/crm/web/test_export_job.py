"""The page of exports and the button of a list."""

import pytest
from django.test import Client
from django.urls import reverse

from crm.actions import export_job
from crm.models import ExportJob

pytestmark = pytest.mark.django_db
PAGE = "/exports/"


@pytest.fixture
def client(cast, settings, tmp_path) -> Client:
    settings.MEDIA_ROOT = tmp_path
    client = Client()
    client.force_login(cast.maya)
    return client


def body(answer) -> str:
    return b"".join(answer.streaming_content).decode("utf-8-sig")


@pytest.mark.slow
def test_everything_is_made_and_downloaded(cast, client):
    assert "Nothing was made yet" in client.get(PAGE).content.decode()
    assert client.post(PAGE, {"kind": "everything", "format": "xlsx"}).status_code == 302
    assert "Being made" not in client.get(PAGE).content.decode()
    export_job.work_on_exports()
    job = ExportJob.objects.get()
    file = reverse("crm:export_file", args=[job.pk])
    assert file in client.get(PAGE).content.decode()
    answer = client.get(file)
    assert answer.headers["Content-Type"] == "application/zip"
    assert b"".join(answer.streaming_content)[:2] == b"PK"
    assert client.post(reverse("crm:cancel_export", args=[job.pk])).status_code == 302
    assert client.get(file).status_code == 404


def test_a_small_kind_comes_at_once(cast, client):
    answer = client.post(PAGE, {"kind": "deals", "format": "csv"})
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="deals-')
    assert cast.deal.title in body(answer)
    assert client.post(PAGE, {"kind": "x", "format": "csv"}).status_code == 422
    assert client.post(PAGE, {"kind": "deals", "format": ""}).status_code == 422


def test_a_list_exports_what_it_shows(cast, client):
    page = client.get(reverse("crm:clients"), {"q": "halv"}).content.decode()
    url = f"{reverse('crm:export_list', args=['organization'])}?q=halv"
    assert f'action="{url}"' in page
    assert "Halvorsen Foods" in body(client.post(url, {"format": "csv"}))
    other = url.replace("halv", "zzz")
    assert "Halvorsen Foods" not in body(client.post(other, {"format": "csv"}))
    assert client.post(url, {"format": "exe"}).status_code == 400
    assert client.post(reverse("crm:export_list", args=["secret"])).status_code == 404


@pytest.mark.parametrize("kind", ["organization", "contact", "deal"])
def test_each_list_can_be_exported(cast, client, kind):
    answer = client.post(reverse("crm:export_list", args=[kind]), {"format": "xlsx"})
    assert answer.headers["Content-Disposition"].endswith('.xlsx"')


@pytest.mark.slow
def test_nobody_downloads_what_was_made_for_somebody_else(cast, client):
    client.post(PAGE, {"kind": "everything", "format": "csv"})
    export_job.work_on_exports()
    other = Client()
    other.force_login(cast.admin)
    assert other.get(reverse("crm:export_file", args=[ExportJob.objects.get().pk])).status_code == 404
