"""Files as they come: each fault is told with its line, and nothing is written."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from crm.models import ImportRun, Organization, User
from deals.models import Deal

pytestmark = pytest.mark.django_db

HEADER = "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value"
GOOD = "A1,Moses Frase,GTX Basic,Cancity,Won,20-10-16,01-03-17,1054"


def load(folder: Path, currency: str = "USD") -> str:
    out = StringIO()
    call_command("import_deals", str(folder), "--preset", "maven", "--currency", currency, stdout=out)
    return out.getvalue()


def refusal(folder: Path, currency: str = "USD") -> str:
    with pytest.raises(CommandError) as refused:
        load(folder, currency)
    assert not Deal.objects.exists()
    assert not Organization.objects.exists()
    assert not ImportRun.objects.exists()
    assert not User.objects.filter(email__endswith="@imported.example").exists()
    return str(refused.value)


def deals(row: str) -> bytes:
    return f"{HEADER}\n{GOOD}\n{row}\n".encode()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "This file is empty."),
        (HEADER.encode(), "has a header and no rows"),
        (b"opportunity_id,product\nA1,GTX Basic\n", "line 1: These columns are missing: sales_agent"),
        (HEADER.replace(",", ";").encode(), "These columns are missing"),
        (f"{HEADER},product\n".encode(), "These columns are there twice: product"),
        (deals("A2,Moses Frase,GTX Basic"), "line 3: This row has 3 cells, the header has 8."),
        (deals(GOOD.replace("A1", "A2") + ",extra"), "line 3: This row has 9 cells"),
        (deals(GOOD), "line 3, opportunity_id: “A1” is in line 2 already."),
        (
            deals("A2,Moses Frase,GTX Basic,Cancity,Won,31-02-17,01-03-17,1"),
            "line 3, engage_date: There is no day “31-02-17”",
        ),
        (deals("A2,Moses Frase,GTX Basic,Cancity,Won,2017-02-01,01-03-17,1"), "line 3, engage_date: There is no day"),
        (deals("A2,Moses Frase,GTX Basic,Cancity,Won,20-10-16,01-09-16,1"), "line 3, close_date: This day is before"),
        (deals("A2,Moses Frase,GTX Basic,Cancity,Won,20-10-16,,1"), "line 3, close_date: A deal that has ended needs"),
        (
            deals("A2,Moses Frase,GTX Basic,Cancity,Won,20-10-16,01-03-17,-5"),
            "line 3, close_value: This cannot be less than 0",
        ),
        (
            deals("A2,Moses Frase,GTX Basic,Cancity,Won,20-10-16,01-03-17,lots"),
            "line 3, close_value: “lots” is not a number",
        ),
        (
            deals("A2,Moses Frase,GTX Basic,Cancity,Won,20-10-16,01-03-17,1e40"),
            "line 3, close_value: This number is too large",
        ),
        (
            deals("A2,Nobody,GTX Basic,Cancity,Won,20-10-16,01-03-17,1"),
            "line 3, sales_agent: “Nobody” is not in sales_teams.csv",
        ),
        (
            deals("A2,Moses Frase,Teapot,Cancity,Won,20-10-16,01-03-17,1"),
            "line 3, product: “Teapot” is not in products.csv",
        ),
        (
            deals("A2,Moses Frase,GTX Basic,Nowhere,Won,20-10-16,01-03-17,1"),
            "line 3, account: “Nowhere” is not in accounts.csv",
        ),
        (
            deals("A2,Moses Frase,GTX Basic,Cancity,Dreaming,20-10-16,01-03-17,1"),
            "line 3, deal_stage: “Dreaming” is no stage",
        ),
        (
            deals("=HYPERLINK(1),Moses Frase,GTX Basic,Cancity,Won,20-10-16,01-03-17,1"),
            "line 3, opportunity_id: “=HYPERLINK(1)” begins like",
        ),
        (
            deals(",Moses Frase,GTX Basic,Cancity,Won,20-10-16,01-03-17,1"),
            "line 3, opportunity_id: Write something here.",
        ),
        (
            deals("A\x012,Moses Frase,GTX Basic,Cancity,Won,20-10-16,01-03-17,1"),
            "line 3, opportunity_id: There is a character",
        ),
        (deals("A2\x00,Moses Frase,GTX Basic,Cancity,Won,20-10-16,01-03-17,1"), "line 3: There is a NUL character"),
        (
            deals(f"{'A' * 300},Moses Frase,GTX Basic,Cancity,Won,20-10-16,01-03-17,1"),
            "line 3, opportunity_id: This is 300 characters",
        ),
        (
            deals("A2,José,GTX Basic,Cancity,Won,20-10-16,01-03-17,1").decode().encode("latin-1"),
            "line 3: This line is not in UTF-8",
        ),
        (deals("A2").decode().encode("utf-16"), "This file is in UTF-16"),
        (
            deals('A2,"Moses"x Frase,GTX Basic,Cancity,Won,20-10-16,01-03-17,1'),
            "line 3: This line cannot be read as CSV",
        ),
        (deals("A2," + "x" * 1_100_000), "line 3: This line is too long"),
    ],
)
def test_faults_are_told_with_their_line(small, content, expected):
    folder = small()
    (folder / "sales_pipeline.csv").write_bytes(content)
    words = refusal(folder)
    assert expected in words
    assert "sales_pipeline.csv" in words


def test_every_fault_is_told_at_once(small):
    folder = small()
    rows = [HEADER, *(f"B{number},Nobody,Teapot,Cancity,Won,x,y,z" for number in range(60))]
    (folder / "sales_pipeline.csv").write_text("\n".join(rows))
    words = refusal(folder)
    assert "line 2, product" in words
    assert "line 3, engage_date" in words
    assert "… and " in words


def test_a_missing_folder_is_told(tmp_path):
    assert "accounts.csv: This file is missing" in refusal(tmp_path / "nowhere")


def test_a_file_with_a_byte_order_mark_is_taken(small):
    folder = small()
    (folder / "sales_pipeline.csv").write_bytes(b"\xef\xbb\xbf" + deals("").rstrip())
    load(folder)
    assert Deal.objects.count() == 1


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Betasoloin,", "Cancity,", "account: “Cancity” is in line"),
        (
            "251.41,495,United States,",
            "251.41,495,United States,Nobody Inc",
            "subsidiary_of: “Nobody Inc” is not in accounts.csv",
        ),
        ("1100.04,2822,United States,", "1100.04,2822,United States,Codehow", "“Acme Corporation” lies below itself."),
        ("medical,1999", "medical,19.5", "year_established: At most 0 decimals fit here."),
    ],
)
def test_clients_are_checked(small, old, new, expected):
    folder = small()
    file = folder / "accounts.csv"
    file.write_text(file.read_text().replace(old, new, 1))
    words = refusal(folder)
    assert "accounts.csv, line" in words
    assert expected in words


@pytest.mark.parametrize("currency", ["", "dollars", "XX1"])
def test_the_currency_must_be_one(small, currency):
    assert "--currency" in refusal(small(), currency)
