#!/usr/bin/env python3
"""Checks an archive of a Common Ground room by itself: needs Python 3.9 or newer, nothing else, and no network.

    python3 verify.py                        checks the folder this file was unpacked into
    python3 verify.py ARCHIVE.zip            checks an archive, or another folder
    python3 verify.py --checkpoint FILE      compares it with a checkpoint that was kept elsewhere as well

It says in plain words what it looked at. It ends with code 0 when everything fits, 1 when something does not, and 2 when
there is nothing it could read. What is hashed how stands beside each check below; docs/evidence.md tells the same in words.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

FORMAT = 1
GENESIS = "0" * 64
MANIFEST = "manifest.json"
CHUNK = 1024 * 1024
SAID = {"note": {"answered", "recorded"}, "objection": {"contested", "withdrawn"}, "correction": {"withdrawn"}}
Row = dict[str, Any]


class Unreadable(Exception):
    """There is no archive here, or none of this format."""


class Archive:
    """The files of an archive, whether it is a ZIP file or a folder it was unpacked into."""

    def __init__(self, place: Path) -> None:
        self._folder = place
        try:
            self._zip = None if place.is_dir() else zipfile.ZipFile(str(place))
        except (OSError, zipfile.BadZipFile) as error:
            raise Unreadable(f"{place} cannot be opened: {error}") from error

    def names(self) -> set[str]:
        """Return the names of all files, with / between folders."""
        if self._zip:
            return {name for name in self._zip.namelist() if not name.endswith("/")}
        return {path.relative_to(self._folder).as_posix() for path in self._folder.rglob("*") if path.is_file()}

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading. Raises OSError or KeyError when it is not there."""
        if self._zip:
            return self._zip.open(name)  # type: ignore[return-value]
        return open(str(self._folder / name), "rb")

    def read_json(self, name: str) -> Any:
        """Return the content of a JSON file."""
        try:
            with self.open(name) as file:
                return json.loads(file.read().decode("utf-8"))
        except (OSError, KeyError, ValueError, zipfile.BadZipFile, zlib.error) as error:
            raise Unreadable(f"{name} cannot be read: {error}") from error

    def sha256(self, name: str) -> str | None:
        """Return the SHA-256 of a file's bytes; None when it is missing or broken."""
        digest = hashlib.sha256()
        try:
            with self.open(name) as file:
                for chunk in iter(lambda: file.read(CHUNK), b""):
                    digest.update(chunk)
        except (OSError, KeyError, zipfile.BadZipFile, zlib.error):
            return None
        return digest.hexdigest()


def canonical(value: Any) -> str:
    """Return a value as RFC 8785 writes it: no spaces, keys in the order of their UTF-16 code units.

    Numbers are whole numbers only; decimals are strings everywhere in our records. Raises ValueError for others.
    """
    if value is None or isinstance(value, (bool, str)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return "[" + ",".join(canonical(one) for one in value) + "]"
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(canonical(key) + ":" + canonical(value[key]) for key in keys) + "}"
    raise ValueError(f"{value!r} has no canonical form")


def sha256_of(value: Any, salt: bytes = b"") -> str | None:
    """Return SHA-256 over a salt and the canonical form of a value; None when the value has no canonical form."""
    try:
        return hashlib.sha256(salt + canonical(value).encode("utf-8")).hexdigest()
    except (ValueError, UnicodeEncodeError):
        return None


def entry_hash(room: str, entry: Mapping[str, Any]) -> str | None:
    """Return the hash that an entry of the chain must have, from its own facts and the hash of the one before it."""
    facts = {key: entry.get(key) for key in ("seq", "type", "at", "payload_digest", "prev_hash")}
    return sha256_of({"room_id": room, **facts})


def answer_after(before: str, type: str, payload: Mapping[str, Any] | None) -> str:
    """Return where an answer stands after an entry, from where it stood before; "" when the entry's words are not here."""
    if type in ("asked", "contested", "replaced", "cancelled"):
        return type
    if type in ("answered", "recorded"):
        return str(payload.get("answer", "")) if payload else ""
    if type == "withdrawn":
        return ("cancelled" if payload.get("record") else "withdrawn") if payload else ""
    return before


def answer_faults(question: Row, consent: Row, own: Sequence[Row], revision: Row | None, erased: int) -> Iterator[str]:
    """Return what an answer, its question and its revision say otherwise than `own`, the entries of the chain about it.

    Words are not compared with entries before `erased`, the last that tells of an erasure: the chain may keep them longer.
    """
    yield from () if own else ("is not in the chain",)
    stands, types = "", {str(entry.get("type")) for entry in own}
    for entry in own:
        type, payload, number = str(entry.get("type")), entry.get("payload") or {}, int(entry["seq"])
        stands = answer_after(stands, type, payload)
        facts, words = _expected(question, consent, type, payload)
        if revision:
            facts["revision_number"] = revision.get("number")
        for name, value in {**facts, **({} if number < erased else words)}.items():
            if name in payload and not _same(payload[name], value):
                yield f"says otherwise than entry {number}: {name}"
    if stands and stands != consent.get("answer"):
        yield "says “{}”, the chain says “{}”".format(consent.get("answer"), stands)
    if revision and revision.get("content_hash") != consent.get("content_hash"):
        yield "is bound to other words than its revision has"
    if consent.get("participant", question["asked_of"]["participant"]) != question["asked_of"]["participant"]:
        yield "is somebody else’s than the question"
    told = {"recorded": question.get("channel") != "room"}
    told.update({type: bool(consent.get(type + "_at")) for type in ("confirmed", "reopened")})
    yield from (f"is not as the chain says: {type}" for type in told if own and told[type] != (type in types))
    yield from (f"has words of no entry: {name}" for name in SAID if consent.get(name) and not types & SAID[name])


def _expected(question: Row, consent: Row, type: str, payload: Row) -> tuple[Row, Row]:
    """Return what an entry of this type must say by the rows, as far as it says it at all: facts, and words."""
    person = {"contact": question["asked_of"].get("contact")}
    facts = {name: consent.get(name) for name in ("kind", "subject", "revision", "content_hash")}
    facts.update(question=question.get("id"), consent=consent.get("id"), asked_of=person, of=person)
    words: Row = {}
    if type in ("answered", "confirmed", "contested", "withdrawn", "reopened") and not payload.get("record"):
        facts["by"] = person
    if type in ("asked", "recorded"):
        facts.update(locale=question.get("locale"), channel=question.get("channel"), given_at=question.get("given_at"))
        facts["by"] = {"user": question.get("asked_by_user")}
        told = ("sentence", "benefit", "note", "useful_by", "words", "given_where", "evidence_sha256")
        words = {name: question.get(name) for name in told}
    if type in ("answered", "recorded"):
        facts.update(answer=consent.get("given_answer"), supersedes=consent.get("supersedes"))
        words.update(sentence=question.get("sentence"), note=consent.get("note"))
    if type in ("contested", "withdrawn"):
        words["note"] = consent.get("correction" if payload.get("record") else "objection")
    return facts, words


def _same(kept: Any, told: Any) -> bool:
    """Whether an entry and a row say the same: of a person the ids that the row knows; a moment in any spelling."""
    if isinstance(kept, dict) and isinstance(told, dict):
        return all(value in (None, kept.get(name)) for name, value in told.items())
    if kept == told or not (kept or told):
        return True
    try:
        return datetime.fromisoformat(kept) == datetime.fromisoformat(told.replace("Z", "+00:00"))
    except (AttributeError, TypeError, ValueError):
        return False


class Told(NamedTuple):
    """What a check found, in words: what was looked at, what does not fit, and what could not be looked at."""

    words: Sequence[str]
    faults: Sequence[str]
    missing: Sequence[str] = ()


def check_manifest(archive: Archive) -> Told:
    """Every file is as long and as it was when the archive was made, by the list that lies in it."""
    listed = archive.read_json(MANIFEST)["files"]
    faults = []
    for name in sorted(listed):
        found = archive.sha256(name)
        if found != listed[name]:
            what = "is missing or broken" if found is None else "is not what it was when the archive was made"
            faults.append(f"{name} {what}")
    more = archive.names() - set(listed) - {MANIFEST}
    faults += [f"{name} was added to the archive" for name in sorted(more) if "__pycache__" not in name]
    return Told([f"{len(listed)} files, against the list in the archive"], faults)


def check_chain(room: str, entries: Sequence[Row]) -> Told:
    """Each entry is numbered one more than the one before, holds its hash, and its own facts give its own hash.

    hash = SHA-256 of canonical {at, payload_digest, prev_hash, room_id, seq, type}. Stops at the first bad entry: what
    follows it proves nothing.
    """
    before = GENESIS
    for number, entry in enumerate(entries, 1):
        place = "entry {} ({})".format(entry.get("seq"), entry.get("type"))
        if entry.get("seq") != number:
            return Told([], [f"entry {number} is missing or stands elsewhere: here comes {place}"])
        if entry.get("prev_hash") != before:
            return Told([], [f"{place} does not follow from the one before it"])
        if entry_hash(room, entry) != entry.get("hash"):
            return Told([], [f"{place} was altered: its facts do not give its hash"])
        before = entry["hash"]
    return Told([f"{len(entries)} entries of the chain, each against the one before it"], [])


def check_payloads(entries: Sequence[Row]) -> Told:
    """What each entry says gives the digest in the entry: SHA-256 of salt and canonical payload.

    An entry without its words is fine in two cases: a later entry says that it was erased, or it was withheld because
    whoever this archive was made for does not see it. Both are counted.
    """
    erased_by_chain = erased_entries(entries)
    faults, checked, erased, withheld = [], 0, 0, 0
    for entry in entries:
        place = "entry {} ({})".format(entry.get("seq"), entry.get("type"))
        if entry.get("payload") is not None:
            checked += 1
            if sha256_of(entry["payload"], salt_of(entry)) != entry.get("payload_digest"):
                faults.append(f"{place} was altered: its words do not give its digest")
            faults += [f"{place}: {fault}" for fault in _facts_faults(entry)]
        elif entry.get("state") == "withheld":
            withheld += 1
        elif entry.get("seq") in erased_by_chain:
            erased += 1
        else:
            faults.append(f"{place} has lost its words, and no entry says that they were erased")
    words = [f"{checked} entries with their words"]
    if erased:
        words.append(
            f"{erased} entries whose words were erased on request: their place in the chain fits, their words are gone"
        )
    if withheld:
        words.append(f"{withheld} entries whose words this archive does not show: their place in the chain fits")
    return Told(words, faults)


def _facts_faults(entry: Row) -> Iterator[str]:
    """The facts of the sign-in that are still kept give the digest in the words."""
    facts = entry.get("facts")
    expected = (entry["payload"].get("how") or {}).get("facts_digest") if facts else None
    if facts and sha256_of(facts["content"], salt_of(facts)) != expected:
        yield "the facts of the sign-in were altered"


def salt_of(row: Mapping[str, Any]) -> bytes:
    """Return the salt of an entry or of its facts; empty when it is not hexadecimal."""
    try:
        return bytes.fromhex(str(row.get("salt", "")))
    except ValueError:
        return b""


def erased_entries(entries: Sequence[Row]) -> set[int]:
    """Return the numbers of the entries that an entry of the type "erased" names."""
    lists = [(entry.get("payload") or {}).get("entries") for entry in entries if entry.get("type") == "erased"]
    return {number for one in lists if isinstance(one, list) for number in one}


def check_revisions(revisions: Sequence[Row]) -> Told:
    """What was shown gives its fingerprint: SHA-256 of canonical {content, schema}."""
    faults, erased = [], 0
    for one in revisions:
        if one.get("content") is None:
            erased += 1
            if not one.get("erased_at"):
                faults.append(f"{_revision(one)} has lost its words")
        elif sha256_of({"schema": one.get("schema"), "content": one["content"]}) != one.get("content_hash"):
            faults.append(f"{_revision(one)} was altered: its words do not give its fingerprint")
    words = ["%s revisions, each against its fingerprint" % (len(revisions) - erased)]
    if erased:
        words.append(f"{erased} revisions whose words were erased on request: their fingerprints stay")
    return Told(words, faults)


def _revision(one: Mapping[str, Any]) -> str:
    return "revision {} of {} ({})".format(one.get("number"), one.get("kind"), one.get("id"))


def check_answers(questions: Sequence[Row], entries: Sequence[Row], revisions: Sequence[Row]) -> Told:
    """Each question and answer is as the chain says: who, which words, what was said; and stands where the chain says."""
    by_id = {one.get("id"): one for one in revisions}
    by_consent: dict[Any, list[Row]] = {}
    erased = max((entry["seq"] for entry in entries if entry.get("type") == "erased"), default=0)
    for entry in entries:
        by_consent.setdefault(entry.get("consent"), []).append(entry)
    stray = [entry["seq"] for entry in by_consent.get(None, ()) if "consent" in (entry.get("payload") or {})]
    faults = [f"entry {number} is about an answer, and no longer bound to it" for number in stray]
    answers = [(question, consent) for question in questions for consent in question.get("consents", ())]
    for question, consent in answers:
        own, revision = by_consent.get(consent.get("id"), []), by_id.get(consent.get("revision"))
        found = answer_faults(question, consent, own, revision, erased)
        faults += [f"the answer {consent.get('id')} {fault}" for fault in found]
    return Told([f"{len(answers)} answers, against the chain and against the words they are about"], faults)


def _file_faults(found: str | None, one: Row) -> Iterator[str]:
    if found != one.get("sha256"):
        yield "is not the file it was" if found else "is missing"


def check_files(archive: Archive, files: Sequence[Row], entries: Sequence[Row]) -> Told:
    """Each file's bytes give the SHA-256 it is known by. Files named as evidence that are not here are told."""
    here = [one for one in files if one.get("path")]
    faults = [f"{one['path']} {fault}" for one in here for fault in _file_faults(archive.sha256(one["path"]), one)]
    named = {str((entry.get("payload") or {}).get("evidence_sha256") or "") for entry in entries} - {""}
    lost = [one for one in files if not one.get("path")]
    gone = sorted(named - {str(one.get("sha256")) for one in here})
    missing = [f"a file that was lost before this archive was made: {one.get('name')}" for one in lost]
    missing += [f"a file that the record names as evidence, which this archive does not hold: {one}" for one in gone]
    return Told([f"{len(here)} files, each against its SHA-256"], faults, missing)


def check_checkpoint(room: str, entries: Sequence[Row], content: Mapping[str, Any]) -> Told:
    """The chain continues what a checkpoint, kept elsewhere, saw of it."""
    heads = content.get("heads", {})
    rows = {one: {"seq": head["seq"], "entry_hash": head["hash"]} for one, head in heads.items()}
    if sha256_of(rows) != content.get("digest"):
        return Told([], ["the checkpoint was changed after it was written: its own digest does not fit"])
    then = heads.get(room)
    if then is None:
        return Told(["the checkpoint of {} does not know this room: it is older".format(content.get("at"))], [])
    if len(entries) < then["seq"]:
        words = "the end of the chain was cut off: the checkpoint of %s saw %s entries, here are %s"
        return Told([], [words % (content.get("at"), then["seq"], len(entries))])
    if entries[then["seq"] - 1].get("hash") != then["hash"]:
        words = "the chain was written anew: entry %s is not the one that the checkpoint of %s saw"
        return Told([], [words % (then["seq"], content.get("at"))])
    words = "the chain continues what the checkpoint of %s saw at entry %s"
    return Told([words % (content.get("at"), then["seq"])], [])


def check_archive(archive: Archive, checkpoint: Mapping[str, Any] | None = None) -> list[Told]:
    """Run every check, in the order they are told."""
    about = archive.read_json("data/room.json")
    if about.get("format") != FORMAT:
        raise Unreadable("this archive has the format {!r}; this script reads {}".format(about.get("format"), FORMAT))
    room = about["room"]["id"]
    entries = archive.read_json("data/ledger.json")
    revisions = archive.read_json("data/revisions.json")
    found = [
        check_chain(room, entries),
        check_payloads(entries),
        check_revisions(revisions),
        check_answers(archive.read_json("data/questions.json"), entries, revisions),
        check_files(archive, archive.read_json("data/files.json"), entries),
        check_manifest(archive),
    ]
    if checkpoint is not None:
        found.append(check_checkpoint(room, entries, checkpoint))
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Check what the command line names, say what was found, and return the code to end with."""
    parser = argparse.ArgumentParser(description="Checks an archive of a Common Ground room.")
    parser.add_argument("archive", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--checkpoint", type=Path, help="a checkpoint that was kept elsewhere")
    options = parser.parse_args(arguments)
    try:
        checkpoint = json.loads(options.checkpoint.read_text("utf-8")) if options.checkpoint else None
        found = check_archive(Archive(options.archive), checkpoint)
    except (Unreadable, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        print(f"This cannot be checked: {error}", file=sys.stderr)
        return 2
    faults = [fault for told in found for fault in told.faults]
    for words in (words for told in found for words in told.words):
        print(f"checked: {words}")
    for fault in faults:
        print(f"DOES NOT FIT: {fault}")
    for words in (words for told in found for words in told.missing):
        print(f"not checked: {words}")
    if checkpoint is None:
        print("not checked: whether the end of the chain was cut off. Only a checkpoint shows that (--checkpoint).")
    print(f"{len(faults)} things do not fit." if faults else "Everything that was checked fits.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
