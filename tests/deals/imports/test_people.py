"""Contacts that a file names beside a deal: at its table for our side's eyes, nobody invited, once, and off again with the import."""

import pytest
from django.core import mail

from crm.actors import Actor, as_participant, as_user
from crm.models import Contact, Event, ImportRun, Participant
from deals.actions.stakeholder import archive_stakeholder, share_stakeholder
from deals.models import Deal, Stakeholder
from tests.cast import Cast
from tests.deals.imports.files import EXPORTS, bring_in, check, counts, undo, words
from tests.deals.imports.test_files import stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db, settings, tmp_path) -> Cast:
    settings.MEDIA_ROOT = tmp_path
    return Cast()


@pytest.fixture
def maya(cast: Cast) -> Actor:
    """Bring in clients and contacts."""
    maya = as_user(cast.maya)
    bring_in(maya, "organizations", "hubspot-companies.csv")
    bring_in(maya, "contacts", "hubspot-contacts.csv")
    return maya


def with_column(name: str, header: str, *cells: str) -> str:
    """Return an export with one column more."""
    first, *rows = (EXPORTS / name).read_text().strip("\n").split("\n")
    return "\n".join([f'{first},"{header}"', *(f'{row},"{cell}"' for row, cell in zip(rows, cells, strict=True))])


DEALS = with_column("hubspot-deals.csv", "Associated Contact IDs", "501;502; 999", "503", "", "501")


def decided(maya: Actor) -> dict[str, str]:
    assert maya.user
    return {
        "stage:Appointment Scheduled": stage("Meet"),
        "stage:Contract Sent": stage("Plan"),
        "owner:Petra Unknown": f"user:{maya.user.pk}",
    }


def deals(maya: Actor, content: str = DEALS) -> ImportRun:
    return bring_in(maya, "deals", content, decided=decided(maya))


def table(title: str) -> set[str]:
    there = Stakeholder.objects.filter(section__deal__title=title, archived_at=None)
    return set(there.values_list("contact__name", flat=True))


def test_they_come_to_the_table_and_nobody_is_told(maya: Actor) -> None:
    assert words(check(maya, "deals", DEALS, decided=decided(maya)), 2).endswith(
        "At the table: Lise Halvorsen, Aisha Karim."
    )
    assert not Stakeholder.objects.exists()
    run = deals(maya)
    assert run.source.startswith("hubspot:")
    assert table("Demand forecasting") == {"Lise Halvorsen", "Aisha Karim"}
    assert table("Cellar planning") == {"Étienne Castellan"}
    assert table("Bread routes") == set()
    for one in Stakeholder.objects.all():
        assert (one.side, one.private_to, one.wants, one.roles) == ("buyer", "seller", "", [])
        assert one.section.version == 1
    assert not Participant.objects.exists()
    assert not mail.outbox
    assert not Event.objects.filter(type__startswith="stakeholder").exists()


def test_guests_see_them_only_when_they_are_shared(cast: Cast, maya: Actor) -> None:
    deals(maya)
    deal = Deal.objects.get(title="Demand forecasting")
    guest = as_participant(cast.let_in(cast.contact("Ruth Abara"), room=deal.room))
    lise = Stakeholder.objects.get(contact__name="Lise Halvorsen", section__deal=deal)
    assert not Stakeholder.objects.visible_to(guest).exists()
    share_stakeholder(actor=maya, stakeholder_id=lise.pk, version=lise.version)
    assert Stakeholder.objects.visible_to(guest).get().contact == lise.contact


def test_the_same_file_again_and_whoever_was_taken_off(maya: Actor) -> None:
    deals(maya)
    before = set(Stakeholder.objects.values_list("pk", flat=True))
    assert counts(deals(maya)) == {"unchanged": 4}
    assert set(Stakeholder.objects.values_list("pk", flat=True)) == before
    lise = Stakeholder.objects.get(contact__name="Lise Halvorsen", section__deal__title="Demand forecasting")
    archive_stakeholder(actor=maya, stakeholder_id=lise.pk, version=lise.version)
    deals(maya)
    assert table("Demand forecasting") == {"Aisha Karim"}


def test_an_ended_deal_that_was_here_stays_as_it_is(maya: Actor) -> None:
    deals(maya, (EXPORTS / "hubspot-deals.csv").read_text())
    assert not Stakeholder.objects.exists()
    deals(maya)
    assert table("Demand forecasting") == {"Lise Halvorsen", "Aisha Karim"}
    assert table("Cellar planning") == set()


def test_undoing_takes_them_off_and_leaves_whom_somebody_shared(maya: Actor) -> None:
    run = undo(maya, deals(maya))
    assert table("Demand forecasting") == set()
    assert not Deal.objects.filter(archived_at=None).exists()
    assert counts(run) == {"undone": 4}
    run = deals(maya)
    assert table("Demand forecasting") == {"Lise Halvorsen", "Aisha Karim"}
    lise = Stakeholder.objects.get(
        contact__name="Lise Halvorsen", section__deal__title="Demand forecasting", archived_at=None
    )
    share_stakeholder(actor=maya, stakeholder_id=lise.pk, version=lise.version)
    undo(maya, run)
    assert table("Demand forecasting") == {"Lise Halvorsen"}
    assert Deal.objects.filter(archived_at=None).get().title == "Demand forecasting"


def test_activities_bring_people_to_deals_that_go_on(maya: Actor) -> None:
    deals(maya, (EXPORTS / "hubspot-deals.csv").read_text())
    calls = (
        '"Record ID","Activity type","Activity date","Call Title","Associated Deal IDs","Associated Contact IDs"\n'
        '"91","Call","2026-03-01 10:00","With Lise","7001","501"\n'
        '"92","Call","2026-03-01 11:00","With Étienne","7002","503"\n'
    )
    run = bring_in(maya, "activities", calls)
    assert counts(run) == {"added": 2}
    assert table("Demand forecasting") == {"Lise Halvorsen"}
    assert table("Cellar planning") == set()
    undo(maya, run)
    assert table("Demand forecasting") == set()


def test_a_name_counts_only_at_the_deals_own_client(maya: Actor) -> None:
    head = "Deal - ID;Deal - Title;Deal - Organization;Deal - Contact person;Deal - Status"
    rows = "71;Cellar two;Castellan Wines;Étienne Castellan;Open\n72;Cellar three;Castellan Wines;Lise Halvorsen;Open"
    run = bring_in(maya, "deals", f"{head}\n{rows}\n")
    assert run.source.startswith("pipedrive:")
    assert table("Cellar two") == {"Étienne Castellan"}
    assert table("Cellar three") == set()
    assert words(run, 3) == "Nobody of those named here is among the contacts."


def test_who_is_out_of_the_directory_does_not_come(maya: Actor) -> None:
    Contact.objects.filter(name="Aisha Karim").update(archived_at="2026-01-01T00:00Z")
    deals(maya)
    assert table("Demand forecasting") == {"Lise Halvorsen"}
