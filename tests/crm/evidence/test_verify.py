"""The script in an archive, run by itself on whole, altered, cut, reordered and erased archives."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from crm.actions.consent import withdraw_consent
from crm.actions.ledger import append_entry
from crm.clock import now
from crm.evidence import verify
from crm.models import Consent, LedgerPayload, Revision
from crm.queries.ledger import checkpoint
from tests.cast import Cast
from tests.crm.actions.test_consent import ask, say
from tests.crm.evidence.archives import Files, archive_of, edited, rows, run_verifier


def story() -> Cast:
    """A chain of four: asked, answered, withdrawn, and the problem asked about anew."""
    cast = Cast()
    cast.write_problem()
    say(cast, ask(cast))
    withdraw_consent(actor=cast.buyer, consent_id=Consent.objects.get().pk)
    cast.write_problem("Fresh stock is written off. Ungefähr 4 % – “zu viel”.")
    ask(cast)
    return cast


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> tuple[Files, dict[str, Any]]:
    """An archive and a checkpoint of the same moment, made once: what is checked afterwards needs no database."""
    with django_db_blocker.unblock(), transaction.atomic():
        cast = story()
        found = archive_of(cast.rep, cast.deal.room), checkpoint()
        transaction.set_rollback(True)
    return found


@pytest.fixture
def files(made: tuple[Files, dict[str, Any]]) -> Files:
    return dict(made[0])


@pytest.fixture
def then(made: tuple[Files, dict[str, Any]]) -> dict[str, Any]:
    return dict(json.loads(json.dumps(made[1])))


def test_a_whole_archive(files: Files, tmp_path: Path) -> None:
    code, said = run_verifier(tmp_path, files)
    assert code == 0, said
    assert "checked: 4 entries of the chain" in said
    assert "checked: 4 entries with their words" in said
    assert "checked: 2 revisions" in said
    assert "checked: 2 answers" in said
    assert "not checked: whether the end of the chain was cut off" in said
    assert "Everything that was checked fits." in said


def test_it_reads_the_zip_as_it_is(files: Files, tmp_path: Path) -> None:
    packed = tmp_path / "room.zip"
    with zipfile.ZipFile(packed, "w") as target:
        for name, content in files.items():
            target.writestr(name, content)
    assert run_verifier(tmp_path / "script", {"verify.py": files["verify.py"]}, str(packed))[0] == 0


def _answer(entries: Any) -> None:
    entries[1]["payload"]["answer"] = "declined"


def _type(entries: Any) -> None:
    entries[1]["type"] = "recorded"


def _reorder(entries: Any) -> None:
    entries[1], entries[2] = entries[2], entries[1]


def _renumbered(entries: Any) -> None:
    _reorder(entries)
    entries[1]["seq"], entries[2]["seq"] = 2, 3


def _left_out(entries: Any) -> None:
    del entries[1]


def _words_gone(entries: Any) -> None:
    del entries[1]["payload"]
    entries[1]["state"] = "erased"


def _facts(entries: Any) -> None:
    entries[1]["facts"] = {"salt": "00" * 32, "content": {"address": "203.0.113.1"}}


@pytest.mark.parametrize(
    ("name", "edit", "words"),
    [
        ("ledger", _answer, "entry 2 (answered) was altered: its words do not give its digest"),
        ("ledger", _type, "entry 2 (recorded) was altered: its facts do not give its hash"),
        ("ledger", _reorder, "entry 2 is missing or stands elsewhere"),
        ("ledger", _renumbered, "entry 2 (withdrawn) does not follow from the one before it"),
        ("ledger", _left_out, "entry 2 is missing or stands elsewhere"),
        ("ledger", _words_gone, "entry 2 (answered) has lost its words, and no entry says that they were erased"),
        ("ledger", _facts, "the facts of the sign-in were altered"),
        (
            "questions",
            lambda found: found[0]["consents"][0].update(answer="agreed"),
            "says “agreed”, the chain says “withdrawn”",
        ),
        ("questions", lambda found: found[0]["consents"][0].update(content_hash="0" * 64), "entry 1: content_hash"),
        ("questions", lambda found: found[0]["consents"][0].update(given_answer="declined"), "entry 2: answer"),
        ("questions", lambda found: found[0]["consents"][0].update(id="1"), "is not in the chain"),
        ("questions", lambda found: found[0].update(sentence="All of it?"), "otherwise than entry 1: sentence"),
        ("questions", lambda found: found[0].update(benefit="Nothing."), "otherwise than entry 1: benefit"),
        ("questions", lambda found: found[0]["asked_of"].update(contact="x"), "otherwise than entry 2: by"),
        ("questions", lambda found: found[0].update(channel="phone"), "is not as the chain says: recorded"),
        ("questions", lambda found: found[0]["consents"][0].update(note="Gladly."), "otherwise than entry 2: note"),
        ("questions", lambda found: found[0]["consents"][0].update(kind="criteria"), "otherwise than entry 1: kind"),
        ("questions", lambda found: found[0]["consents"][0].update(participant="x"), "is somebody else’s"),
        (
            "questions",
            lambda found: found[0]["consents"][0].update(confirmed_at="2026-01-01T00:00:00Z"),
            "is not as the chain says: confirmed",
        ),
        ("ledger", lambda found: found[2].update(consent=None), "entry 3 is about an answer"),
        ("revisions", lambda found: found[0].update(schema=2), "was altered: its words do not give its fingerprint"),
        ("revisions", lambda found: found[0].update(content=None), "has lost its words"),
        ("revisions", lambda found: found[0].update(number=7), "otherwise than entry 1: revision_number"),
        ("room", lambda about: about["room"].update(id="x"), "entry 1 (asked) was altered"),
    ],
)
def test_what_was_altered_is_named(files: Files, tmp_path: Path, name: str, edit: Any, words: str) -> None:
    code, said = run_verifier(tmp_path, edited(files, name, edit))
    assert code == 1
    assert f"DOES NOT FIT: {words}" in said or words in said


@pytest.mark.parametrize("change", ["gone", "other", "added"])
def test_files_that_changed_are_named(files: Files, tmp_path: Path, change: str) -> None:
    if change == "gone":
        del files["room.pdf"]
    elif change == "other":
        files["room.pdf"] += b" "
    else:
        files["contract.pdf"] = b"%PDF"
    code, said = run_verifier(tmp_path, files)
    assert code == 1
    assert {"gone": "room.pdf is missing", "other": "room.pdf is not what it was", "added": "contract.pdf was added"}[
        change
    ] in said


def test_a_cut_tail_shows_against_a_checkpoint_only(files: Files, then: dict[str, Any], tmp_path: Path) -> None:
    kept = tmp_path / "checkpoint.json"
    kept.write_text(json.dumps(then))
    assert "continues what the checkpoint" in run_verifier(tmp_path / "whole", files, "--checkpoint", str(kept))[1]
    cut = edited(edited(files, "ledger", lambda found: found[:-1]), "questions", lambda found: found[:-1])
    assert run_verifier(tmp_path / "alone", cut)[0] == 0
    code, said = run_verifier(tmp_path / "compared", cut, "--checkpoint", str(kept))
    assert code == 1
    assert "the end of the chain was cut off" in said
    assert "saw 4 entries, here are 3" in said


def test_a_chain_written_anew_and_a_checkpoint_that_was_changed(
    files: Files, then: dict[str, Any], tmp_path: Path
) -> None:
    (head,) = then["heads"].values()
    head["hash"] = "1" * 64
    kept = tmp_path / "checkpoint.json"
    kept.write_text(json.dumps(then))
    assert "its own digest does not fit" in run_verifier(tmp_path / "a", files, "--checkpoint", str(kept))[1]
    then["digest"] = verify.sha256_of({room: {"seq": 4, "entry_hash": "1" * 64} for room in then["heads"]})
    kept.write_text(json.dumps(then))
    code, said = run_verifier(tmp_path / "b", files, "--checkpoint", str(kept))
    assert (code, "the chain was written anew: entry 4" in said) == (1, True)


@pytest.mark.slow
@pytest.mark.django_db
def test_what_was_erased_is_told_and_fits(tmp_path: Path) -> None:
    cast = story()
    with transaction.atomic():
        append_entry(cast.deal.room, "erased", payload={"entries": [1, 2]})
    LedgerPayload.objects.filter(entry__seq__in=[1, 2]).delete()
    Revision.objects.filter(number=1).update(content=None, erased_at=now())
    code, said = run_verifier(tmp_path, archive_of(cast.rep, cast.deal.room))
    assert code == 0, said
    assert "2 entries whose words were erased on request" in said
    assert "1 revisions whose words were erased on request" in said


@pytest.mark.parametrize("broken", [b"", b"not a zip", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_archive_is_told(files: Files, tmp_path: Path, broken: bytes) -> None:
    place = tmp_path / "archive.zip"
    place.write_bytes(broken)
    code, said = run_verifier(tmp_path / "script", {"verify.py": files["verify.py"]}, str(place))
    assert code == 2
    assert "This cannot be checked" in said


def test_another_format_is_not_guessed_at(files: Files, tmp_path: Path) -> None:
    code, said = run_verifier(tmp_path, edited(files, "room", lambda about: about.update(format=2)))
    assert (code, "this archive has the format 2" in said) == (2, True)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=20,
)


@given(JSON)
def test_its_canonical_form_is_rfc_8785(value: Any) -> None:
    assert verify.canonical(value).encode() == rfc8785.dumps(value)


def test_a_float_has_no_canonical_form() -> None:
    assert verify.sha256_of({"x": 1.5}) is None
    assert rows({"data/x.json": b"[]"}, "x") == []
