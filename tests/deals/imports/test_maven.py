"""The whole public data set: every row accounted for, as history, and nothing changed the second time."""

import csv
import time
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import call_command

from crm.models import Consent, Delivery, Event, ImportRun, Organization, Role, Room, Team, User
from deals.actions.stage_total import fold_stage_totals, recount_stage_totals
from deals.models import Deal, DealStatus, Section, StageTotal
from deals.queries.stage_total import missing_figures
from tests.cast import make_team

MAVEN = Path(__file__).resolve().parents[2] / "data" / "maven"

pytestmark = pytest.mark.django_db


def load(folder: Path = MAVEN, *options: str) -> str:
    out = StringIO()
    call_command("import_deals", str(folder), "--preset", "maven", "--currency", "USD", *options, stdout=out)
    return out.getvalue()


@pytest.mark.slow
def test_everything_comes_in_once_and_is_accounted_for(tmp_path):
    before = User.objects.count()
    began = time.monotonic()
    report = tmp_path / "report.csv"
    words = load(MAVEN, "--report", str(report))
    assert time.monotonic() - began < 60
    assert missing_figures() == {}
    fold_stage_totals()
    assert missing_figures() == {}
    assert 0 < StageTotal.objects.count() < 200

    assert Organization.objects.count() == 85
    assert Organization.objects.exclude(parent=None).count() == 15
    assert User.objects.count() - before == 41
    assert User.objects.filter(role=Role.MANAGER, team__parent__name__in=["Central", "East", "West"]).count() == 6
    assert not User.objects.filter(email__endswith="@imported.example", is_active=True).exists()
    assert all(not user.has_usable_password() for user in User.objects.filter(email__endswith="@imported.example"))
    assert Team.objects.filter(parent=None, name__in=["Central", "East", "West"]).count() == 3

    assert Deal.objects.count() == Room.objects.count() == 8800
    assert Section.objects.count() == 3 * 8800
    assert Deal.objects.filter(status=DealStatus.OPEN).count() == 2089
    assert Deal.objects.filter(status=DealStatus.WON).count() == 4238
    assert Deal.objects.filter(status=DealStatus.LOST).count() == 2473
    assert Deal.objects.filter(organization=None).count() == 1425
    assert Deal.objects.filter(organization=None, status=DealStatus.OPEN).count() == 1425
    assert Deal.objects.filter(amount=None).count() == 2089
    assert Deal.objects.filter(custom__source_stage="Prospecting").count() == 500
    assert Deal.objects.filter(custom__source_stage="Engaging").count() == 1589
    assert set(Deal.objects.values_list("stage__name", "stage__pipeline__slug").distinct()) == {("Meet", "default")}
    assert not Deal.objects.exclude(is_imported=True, currency="USD").exists()

    assert not Consent.objects.exists()
    assert not Delivery.objects.exists()
    assert mail.outbox == []
    assert list(Event.objects.values_list("type", flat=True)) == ["import.finished"]

    with report.open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 85 + 35 + 7 + 8800
    assert sum("GTX Pro" in row["notes"] for row in rows) == 1480
    assert sum("technolgy" in row["notes"] for row in rows) == 12
    assert "1480 × " in words

    again = load(MAVEN, "--report", str(tmp_path / "again.csv"))
    assert "8800 unchanged" in again
    assert "added" not in again
    assert Deal.objects.filter(version=1).count() == 8800
    assert ImportRun.objects.filter(state="finished", done=8927, total=8927).count() == 2


def test_one_deal_of_each_kind_reads_as_in_the_file(small):
    folder = small()
    load(folder)
    won = Deal.objects.select_related("organization", "owner__team__parent", "room").get(custom__source_id="1C1I7A6R")
    assert (won.title, won.organization.name, won.owner.name) == (
        "GTX Plus Basic · 1C1I7A6R",
        "Cancity",
        "Moses Frase",
    )
    assert (won.status, won.amount, str(won.close_on), str(won.ended_at.date())) == (
        "won",
        Decimal(1054),
        "2017-03-01",
        "2017-03-01",
    )
    assert (won.owner.team.name, won.owner.team.parent.name) == ("Dustin Brinkmann", "Central")
    assert (won.room.owner_id, won.room.team_id) == (won.owner_id, won.team_id)
    assert won.custom["begun_on"] == "2016-10-20"
    assert won.custom["list_price"] == "1096"
    assert "source_stage" not in won.custom
    corrected = Deal.objects.get(custom__source_id="Z063OYW0")
    assert corrected.custom["product"] == "GTX Pro"
    early = Deal.objects.get(custom__source_id="3LCLVRVV")
    assert (early.status, early.organization, early.amount, early.close_on) == ("open", None, None, None)
    assert early.custom["source_stage"] == "Prospecting"


@pytest.mark.slow
def test_changed_rows_update_what_was_not_touched_here(small):
    folder = small()
    load(folder)
    Deal.objects.filter(custom__source_id="1C1I7A6R").update(amount=2000, version=2)
    file = folder / "sales_pipeline.csv"
    file.write_text(file.read_text().replace("01-03-17,1054", "02-03-17,1100"))
    recount_stage_totals()
    words = load(folder)
    assert missing_figures() == {}
    deal = Deal.objects.get(custom__source_id="1C1I7A6R")
    assert (deal.amount, str(deal.close_on), deal.version) == (Decimal(2000), "2017-03-02", 3)
    assert "1 updated" in words
    assert "1 rows have fields that were changed here" in words


@pytest.mark.slow
def test_a_deal_ended_here_keeps_its_status_and_its_day(small):
    folder = small()
    load(folder)
    deal = Deal.objects.get(custom__source_id="UP409DSB")
    Deal.objects.filter(pk=deal.pk).update(status=DealStatus.PAUSED, version=2)
    file = folder / "sales_pipeline.csv"
    line = "UP409DSB,Maureen Marcano,MG Advanced,Ganjaflex,Engaging,10-11-16,,,Q4 2016,"
    ended = "UP409DSB,Maureen Marcano,MG Advanced,Ganjaflex,Won,10-11-16,01-02-17,900,Q4 2016,Q1 2017"
    file.write_text(file.read_text().replace(line, ended))
    load(folder)
    deal.refresh_from_db()
    assert (deal.status, deal.ended_at, deal.amount) == (DealStatus.PAUSED.value, None, Decimal(900))


@pytest.mark.slow
def test_an_agent_with_another_manager_changes_teams_and_rooms_follow(small):
    folder = small()
    load(folder)
    file = folder / "sales_teams.csv"
    file.write_text(
        file.read_text().replace("Moses Frase,Dustin Brinkmann,Central", "Moses Frase,Melvin Marxen,Central")
    )
    load(folder)
    deal = Deal.objects.select_related("owner__team", "team", "room__team").get(custom__source_id="1C1I7A6R")
    assert deal.owner.team.name == deal.team.name == deal.room.team.name == "Melvin Marxen"
    assert missing_figures() == {}


@pytest.mark.slow
def test_a_deal_stays_in_the_team_of_a_room_that_was_taken_over_here(small):
    folder = small()
    load(folder)
    deal = Deal.objects.select_related("room").get(custom__source_id="1C1I7A6R")
    here = make_team("Here")
    Room.objects.filter(pk=deal.room_id).update(team=here)
    Deal.objects.filter(pk=deal.pk).update(team=here)
    recount_stage_totals()
    file = folder / "sales_teams.csv"
    file.write_text(
        file.read_text().replace("Moses Frase,Dustin Brinkmann,Central", "Moses Frase,Melvin Marxen,Central")
    )
    load(folder)
    assert set(Deal.objects.filter(pk=deal.pk).values_list("team__name", "room__team__name")) == {("Here", "Here")}
    assert missing_figures() == {}


def test_a_dry_run_changes_nothing(small):
    words = load(small(), "--dry-run")
    assert "dry run" in words
    assert "6 added" in words
    assert not Deal.objects.exists()
    assert not ImportRun.objects.exists()


def test_a_team_that_is_there_is_not_taken_over(small):
    team = Team(name="Central")
    team.lineage = [team.pk]
    team.save()
    load(small())
    assert not Deal.objects.filter(team__lineage__contains=[team.pk]).exists()
