"""What is in an archive, for whom, and how it leaves."""

import asyncio
import io
import json
import tracemalloc
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.urls import reverse

from crm.actions.activity import log_activity
from crm.actions.attachment import add_attachment, check_attachment
from crm.actions.comment import add_comment
from crm.actions.consent import answer_question, fingerprint
from crm.actions.participant import revoke_participant
from crm.actors import Actor, as_participant, as_user
from crm.archive_parts import archive_parts
from crm.clock import now
from crm.errors import NotFound
from crm.evidence.archive import make_archive
from crm.files import path_of
from crm.models import Attachment, LedgerPayload, Side, SignInFacts
from crm.registry import room_panels
from crm.web.archive import archive_response
from deals.actions.problem import add_statement
from deals.actions.stage_move import waive_gate
from deals.models import Deal, Stage
from tests.cast import Cast
from tests.crm.actions.test_consent import ask, say
from tests.crm.evidence.archives import Files, archive_of, rows, run_verifier, unpacked
from tests.crm.pdf.test_receipt import words_of
from tests.crm.queries.test_ledger import SESSION
from tests.crm.room.door import client_of, come_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PDF = b"%PDF-1.7\n1 0 obj << >> endobj\n%%EOF"


def put(actor: Actor, cast: Cast, name: str, content: bytes = PDF, **fields: Any) -> Attachment:
    file = add_attachment(actor=actor, room_id=cast.deal.room_id, name=name, content=io.BytesIO(content), **fields)
    check_attachment(attachment_id=file.pk)
    file.refresh_from_db()
    return file


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


@pytest.fixture(scope="module")
def told(lasting_rows: None, files: Path) -> Cast:
    """A room with an answer given from a known browser, words, files, and what each side keeps to itself."""
    with override_settings(MEDIA_ROOT=files):
        cast = Cast()
        cast.write_problem()
        question = ask(cast)
        shown = fingerprint(list(question.consents.all()))
        buyer = as_participant(cast.ingrid, fresh_at=now(), session=SESSION)
        answer_question(
            actor=buyer, question_id=question.pk, shown_hash=shown, answer="agreed", note="Gladly. Og takk."
        )
        add_comment(actor=buyer, room_id=cast.deal.room_id, body="Which stores are counted?")
        add_comment(actor=cast.rep, room_id=cast.deal.room_id, body="CANARY-INTERNAL-COMMENT", private=True)
        log_activity(
            actor=cast.rep, room_id=cast.deal.room_id, values={"type": "call", "subject": "CANARY-INTERNAL-CALL"}
        )
        log_activity(
            actor=cast.rep, room_id=cast.deal.room_id, values={"type": "call", "subject": "Kick-off"}, shared=True
        )
        draft = {"part": "causes", "text": "CANARY-DRAFT"}
        add_statement(actor=cast.rep, deal_id=cast.deal.pk, values=draft, private=True)
        put(cast.rep, cast, "Offer, signed.pdf")
        put(cast.rep, cast, "CANARY-INTERNAL.pdf", PDF + b"internal", private=True)
    return cast


@pytest.fixture
def cast(cast: Cast, files: Path, settings: Any, tmp_path: Path) -> Cast:
    """The same, with files that a test may take away."""
    settings.MEDIA_ROOT = copytree(files, tmp_path / "files")
    return cast


def test_only_who_came_in_is_said_to_have_come_in(cast: Cast) -> None:
    assert [one["name"] for one in room_json(archive_of(cast.rep, cast.deal.room))["came_in"]] == []
    come_in(cast.ingrid.contact)
    assert [one["name"] for one in room_json(archive_of(cast.rep, cast.deal.room))["came_in"]] == ["Ingrid Solberg"]


def room_json(files: Files) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files["data/room.json"])
    return found


def everything(files: Files) -> str:
    return " ".join(
        words_of(data) if name == "room.pdf" else data.decode("utf-8", "replace") for name, data in files.items()
    )


def test_it_holds_all_that_is_shared_and_nothing_that_is_not(cast: Cast, tmp_path: Path) -> None:
    for actor in (cast.rep, cast.buyer):
        files = archive_of(actor, cast.deal.room)
        all_words = everything(files)
        for words in (
            "Planners forecast by hand",
            "Which stores are counted?",
            "Kick-off",
            "Gladly. Og takk.",
            "Maya Okafor",
        ):
            assert words in all_words, words
        assert "CANARY" not in all_words
        (file,) = rows(files, "files")
        assert files[file["path"]] == PDF
        assert file["path"].endswith("-Offer, signed.pdf")
        assert run_verifier(tmp_path / actor.side, files)[0] == 0


def test_a_file_that_two_people_added_is_listed_for_each_and_stored_once(cast: Cast, tmp_path: Path) -> None:
    put(cast.buyer, cast, "Offer, signed.pdf")
    files = archive_of(cast.buyer, cast.deal.room)
    both = rows(files, "files")
    assert sorted(one["by_side"] for one in both) == ["buyer", "seller"]
    assert len({one["path"] for one in both} & files.keys()) == 1
    assert run_verifier(tmp_path / "both", files)[0] == 0


def test_the_paper_says_what_was_agreed_and_what_stands_there(cast: Cast) -> None:
    cast.write_criterion()
    say(cast, ask(cast, cast.criteria()))
    text = words_of(archive_of(cast.buyer, cast.deal.room)["room.pdf"])
    for words in (
        "Ingrid Solberg: agreed",
        "Fill rate",
        "97.5%",
        "Which stores are counted?",
        "Offer, signed.pdf",
        "4 entries",
    ):
        assert words in text, words


def test_from_where_somebody_answered_is_shown_to_them_and_the_seller_only(cast: Cast, tmp_path: Path) -> None:
    assert SignInFacts.objects.count() == 1
    for actor, sees in ((cast.rep, True), (cast.buyer, True), (as_participant(cast.daniel), False)):
        files = archive_of(actor, cast.deal.room)
        assert (SESSION["address"] in everything(files)) is sees, actor.name
        assert "Gladly. Og takk." in everything(files)
        assert run_verifier(tmp_path / actor.name, files)[0] == 0


def test_a_managers_reasons_stay_on_the_selling_side(cast: Cast, tmp_path: Path) -> None:
    Deal.objects.update(stage=Stage.objects.get(pipeline=cast.deal.pipeline_id, name="Plan"))
    waive_gate(actor=as_user(cast.jonas), deal_id=cast.deal.pk, gate="success_owner_named", reason="CANARY-REASON")
    assert "CANARY-REASON" in everything(archive_of(cast.rep, cast.deal.room))
    files = archive_of(cast.buyer, cast.deal.room)
    assert "CANARY-REASON" not in everything(files)
    assert [entry["state"] for entry in rows(files, "ledger")] == ["here", "here", "withheld"]
    code, said = run_verifier(tmp_path / "unpacked", files)
    assert (code, "1 entries whose words this archive does not show" in said) == (0, True)


def test_a_limited_grant_gets_its_sections_and_the_whole_chain(cast: Cast, tmp_path: Path) -> None:
    cast.write_criterion()
    lars = as_participant(cast.let_in(cast.contact("Legal Lars"), sections=["criteria"]), fresh_at=now())
    files = archive_of(lars, cast.deal.room)
    assert "Fill rate" in everything(files)
    for words in ("Planners forecast by hand", "Gladly", "Does this describe", "Kick-off", "Offer, signed"):
        assert words not in everything(files), words
    assert {entry["state"] for entry in rows(files, "ledger")} == {"withheld"}
    assert rows(files, "questions") == []
    code, said = run_verifier(tmp_path / "unpacked", files)
    assert code == 0, said


def test_a_file_that_was_taken_out_is_missed(cast: Cast, tmp_path: Path) -> None:
    files = archive_of(cast.buyer, cast.deal.room)
    path = rows(files, "files")[0]["path"]
    code, said = run_verifier(tmp_path / "cut", {name: data for name, data in files.items() if name != path})
    assert code == 1
    assert f"{path} is missing" in said


def test_a_file_that_the_storage_lost_is_told_and_the_rest_is_there(cast: Cast, tmp_path: Path) -> None:
    file = Attachment.objects.get(name="Offer, signed.pdf")
    default_storage.delete(path_of(file.sha256))
    files = archive_of(cast.buyer, cast.deal.room)
    assert [one["path"] for one in rows(files, "files")] == [""]
    code, said = run_verifier(tmp_path / "unpacked", files)
    assert (code, "a file that was lost before this archive was made: Offer, signed.pdf" in said) == (0, True)


def test_nobody_else_gets_it(cast: Cast, client: Client) -> None:
    url = reverse("crm:archive", args=[cast.deal.room_id])
    assert client.get(url).status_code == 302
    client.force_login(cast.stranger)
    assert client.get(url).status_code == 404
    with pytest.raises(NotFound):
        make_archive(as_user(cast.stranger), cast.deal.room_id)
    buyer = client_of(cast.ingrid.contact)
    room_url = reverse("room:archive", args=[cast.deal.room_id])
    assert buyer.get(room_url).status_code == 200
    assert buyer.get(url).status_code == 302
    revoke_participant(actor=cast.rep, participant_id=cast.ingrid.pk)
    assert buyer.get(room_url).status_code == 403


def test_it_is_a_download(cast: Cast) -> None:
    client = client_of(cast.ingrid.contact)
    page = client.get(reverse("room:today", args=[cast.deal.room_id])).content.decode()
    assert "Download everything here" in page
    response = client.get(reverse("room:archive", args=[cast.deal.room_id]))
    assert response.headers["Content-Type"] == "application/zip"
    assert "demand-forecasting-for-fresh-and-chilled-" in response.headers["Content-Disposition"]
    assert "no-store" in response.headers["Cache-Control"]
    with pytest.warns(Warning, match="asynchronous iterators"):
        files = unpacked(b"".join(response))
    assert files["READ-ME.txt"].decode().startswith(cast.deal.title)


def test_staff_find_it_in_the_deals_menu(cast: Cast, client: Client) -> None:
    client.force_login(cast.maya)
    page = client.get(reverse("deals:deal", args=[cast.deal.pk])).content.decode()
    assert reverse("crm:archive", args=[cast.deal.room_id]) in page


def test_a_large_room_is_not_held_in_memory(cast: Cast) -> None:
    for number in range(12):
        put(cast.rep, cast, f"{number}.txt", (b"%d " % number) + b"x" * 4_000_000)
    response = archive_response(make_archive(cast.rep, cast.deal.room_id))

    async def drained() -> None:
        async for _piece in response.streaming_content:
            pass

    tracemalloc.start()
    asyncio.run(drained())
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 8_000_000


def test_whoever_leaves_half_way_leaves_nothing_behind(cast: Cast) -> None:
    archive = make_archive(cast.rep, cast.deal.room_id)
    folder = Path(archive.folder.name)
    pieces = archive.pieces()
    next(pieces)
    assert folder.exists()
    pieces.close()
    assert not folder.exists()


def test_operators_export_with_a_command(cast: Cast, tmp_path: Path, capsys: Any) -> None:
    out = tmp_path / "room.zip"
    call_command("export_room", str(cast.deal.room_id), "--out", str(out))
    assert run_verifier(tmp_path / "staff", unpacked(out.read_bytes()))[0] == 0
    call_command("export_room", str(cast.deal.room_id), "--participant", str(cast.daniel.pk), "--out", str(out))
    assert json.loads(unpacked(out.read_bytes())["data/room.json"])["exported_for"]["name"] == "Daniel Reyes"
    with pytest.raises(CommandError, match="no such room"):
        call_command("export_room", str(cast.daniel.pk), "--out", str(out))
    with pytest.raises(CommandError, match="no such participant"):
        call_command("export_room", str(cast.deal.room_id), "--participant", str(cast.deal.pk), "--out", str(out))


def test_every_tab_of_the_room_is_in_it(cast: Cast) -> None:
    tabs = {panel.name for panel, _url in room_panels(cast.buyer, cast.deal.room)}
    assert tabs - {"today", "files"} <= {part.name for part in archive_parts()}


def test_erased_words_are_told_as_erased(cast: Cast) -> None:
    LedgerPayload.objects.filter(entry__type="answered").delete()
    assert not SignInFacts.objects.exists()
    files = archive_of(cast.buyer, cast.deal.room)
    assert [entry["state"] for entry in rows(files, "ledger")] == ["here", "erased"]
    assert "Erased. The fingerprint of the entry stays." in words_of(files["room.pdf"])


def test_a_partner_gets_no_more_than_the_room_shows(cast: Cast) -> None:
    partner = as_participant(cast.let_in(cast.contact("Petra Partner"), side=Side.PARTNER, sections=[]))
    assert "Planners forecast" not in everything(archive_of(partner, cast.deal.room))


def test_few_queries_however_much_is_in_it(cast: Cast, assert_query_baseline: Any) -> None:
    for number in range(3):
        cast.write_problem(f"More {number}.")
        say(cast, ask(cast))
        add_comment(actor=cast.buyer, room_id=cast.deal.room_id, body=f"Said {number}")
    with assert_query_baseline("crm:archive"):
        archive_of(cast.buyer, cast.deal.room)
