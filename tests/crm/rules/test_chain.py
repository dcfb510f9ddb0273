"""The ledger chain: every single change is found, at the right row."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.rules.chain import (
    GENESIS,
    SALT_BYTES,
    ChainFault,
    CheckpointFault,
    Head,
    LinkData,
    StoredPayload,
    checkpoint_digest,
    compare_with_checkpoint,
    entry_hash,
    payload_digest,
    verify_chain,
)

START = datetime(2026, 4, 14, 9, 0, tzinfo=UTC)
TYPES = ["asked", "answered", "recorded", "contested", "withdrawn", "waived", "erased"]


def link(prev: str, seq: int, type_: str, payload: dict, salt: bytes, room: str = "room") -> LinkData:
    digest = payload_digest(payload, salt)
    at = START + timedelta(minutes=seq)
    hashed = entry_hash(prev_hash=prev, room_id=room, seq=seq, type=type_, at=at, payload_digest=digest)
    return LinkData(room, seq, type_, at, digest, prev, hashed)


@st.composite
def chains(draw, min_size=1):
    rows = draw(st.lists(st.tuples(st.sampled_from(TYPES), st.integers(0, 9)), min_size=min_size, max_size=8))
    entries, payloads, prev = [], {}, GENESIS
    for seq, (type_, number) in enumerate(rows, start=1):
        salt = bytes([seq]) * SALT_BYTES
        payload = {"who": f"p{number}", "row": seq}
        entries.append(link(prev, seq, type_, payload, salt))
        payloads[seq] = StoredPayload(payload, salt)
        prev = entries[-1].entry_hash
    return entries, payloads


@given(chains())
def test_an_untouched_chain_is_whole(chain):
    entries, payloads = chain
    report = verify_chain(entries, payloads)
    assert report.is_whole
    assert report.checked == len(entries)
    assert report.head == Head(len(entries), entries[-1].entry_hash)


def test_an_empty_chain_is_whole():
    assert verify_chain([], {}).head == Head(0, GENESIS)


MUTATIONS = {
    "type": lambda e: replace(e, type=e.type + "x"),
    "at": lambda e: replace(e, at=e.at + timedelta(microseconds=1)),
    "digest": lambda e: replace(e, payload_digest="f" * 64),
    "prev_hash": lambda e: replace(e, prev_hash="e" * 64),
    "entry_hash": lambda e: replace(e, entry_hash="d" * 64),
    "seq": lambda e: replace(e, seq=e.seq + 100),
    "room_id": lambda e: replace(e, room_id="another"),
}


@given(chains(), st.sampled_from(sorted(MUTATIONS)), st.data())
def test_any_altered_fact_is_found_at_its_row(chain, mutation, data):
    entries, payloads = chain
    index = data.draw(st.integers(0, len(entries) - 1))
    entries[index] = MUTATIONS[mutation](entries[index])
    report = verify_chain(entries, payloads)
    assert report.bad_seq == index + 1
    assert not report.is_whole


@given(chains(), st.data())
def test_an_altered_payload_or_salt_is_found_at_its_row(chain, data):
    entries, payloads = chain
    seq = data.draw(st.integers(1, len(entries)))
    good = payloads[seq]
    bad = data.draw(
        st.sampled_from(
            [
                replace(good, payload={**good.payload, "who": "x"}),
                replace(good, salt=b"\xff" * SALT_BYTES),
                replace(good, salt=b""),
            ]
        )
    )
    report = verify_chain(entries, {**payloads, seq: bad})
    assert (report.bad_seq, report.fault) == (seq, ChainFault.ALTERED_PAYLOAD)


@given(chains(), st.data())
def test_a_payload_gone_without_an_erasure_is_bad_and_with_one_is_erased(chain, data):
    entries, payloads = chain
    seq = data.draw(st.integers(1, len(entries)))
    lost = verify_chain(entries, {**payloads, seq: StoredPayload(None, None)})
    assert (lost.bad_seq, lost.fault) == (seq, ChainFault.MISSING_PAYLOAD)
    erased = verify_chain(entries, {**payloads, seq: StoredPayload(None, None, erased=True)})
    assert erased.is_whole
    assert erased.erased == (seq,)


@given(chains(min_size=2), st.data())
def test_a_removed_row_is_found_where_it_is_missing(chain, data):
    entries, payloads = chain
    index = data.draw(st.integers(0, len(entries) - 2))
    del entries[index]
    report = verify_chain(entries, payloads)
    assert (report.bad_seq, report.fault) == (index + 1, ChainFault.GAP)


@given(chains(min_size=2), st.data())
def test_two_swapped_rows_are_found_at_the_first_of_them(chain, data):
    entries, payloads = chain
    one, other = sorted(data.draw(st.sets(st.integers(0, len(entries) - 1), min_size=2, max_size=2)))
    entries[one], entries[other] = entries[other], entries[one]
    assert verify_chain(entries, payloads).bad_seq == one + 1


@given(chains(min_size=2), st.data())
def test_a_row_forged_with_a_fitting_hash_is_found_at_the_row_after_it(chain, data):
    entries, payloads = chain
    index = data.draw(st.integers(0, len(entries) - 2))
    old, salt = entries[index], payloads[index + 1].salt
    entries[index] = link(old.prev_hash, old.seq, old.type, {"who": "forged"}, salt)
    payloads[index + 1] = StoredPayload({"who": "forged"}, salt)
    report = verify_chain(entries, payloads)
    assert (report.bad_seq, report.fault) == (index + 2, ChainFault.WRONG_PREVIOUS)


@given(chains(min_size=2), st.data())
def test_a_cut_tail_shows_only_against_a_checkpoint(chain, data):
    entries, payloads = chain
    checkpoint = {"room": verify_chain(entries, payloads).head}
    kept = entries[: data.draw(st.integers(1, len(entries) - 1))]
    report = verify_chain(kept, payloads)
    assert report.is_whole
    [difference] = compare_with_checkpoint({"room": report.head}, checkpoint)
    assert difference.fault == CheckpointFault.CUT_TAIL


@given(chains(min_size=2), st.data())
def test_a_chain_that_has_only_grown_continues_its_checkpoint(chain, data):
    entries, payloads = chain
    seen = entries[data.draw(st.integers(0, len(entries) - 1))]
    checkpoint = {"room": Head(seen.seq, seen.entry_hash)}
    heads = {"room": verify_chain(entries, payloads).head, "new room": Head(1, "a" * 64)}
    assert compare_with_checkpoint(heads, checkpoint, {("room", seen.seq): seen.entry_hash}) == []


def test_a_missing_a_rewritten_and_an_unproven_room_show():
    checkpoint = {"gone": Head(1, "a"), "other": Head(2, "b"), "grown": Head(3, "c"), "grown wrong": Head(3, "c")}
    heads = {"other": Head(2, "x"), "grown": Head(5, "d"), "grown wrong": Head(5, "d")}
    found = compare_with_checkpoint(heads, checkpoint, {("grown wrong", 3): "x"})
    assert {(f.room_id, f.fault) for f in found} == {
        ("gone", CheckpointFault.MISSING_ROOM),
        ("other", CheckpointFault.REWRITTEN),
        ("grown", CheckpointFault.NOT_COMPARED),
        ("grown wrong", CheckpointFault.REWRITTEN),
    }


def test_a_checkpoint_digest_changes_with_every_head():
    heads = {"a": Head(1, "x"), "b": Head(2, "y")}
    assert checkpoint_digest(heads) == checkpoint_digest(dict(reversed(heads.items())))
    assert checkpoint_digest(heads) != checkpoint_digest({**heads, "b": Head(3, "y")})


def test_a_salt_of_another_length_is_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        payload_digest({}, b"short")


def test_a_room_id_is_the_same_as_a_uuid_and_as_text():
    facts = {"prev_hash": GENESIS, "seq": 1, "type": "asked", "at": START, "payload_digest": "a" * 64}
    assert entry_hash(room_id=UUID(int=7), **facts) == entry_hash(room_id=str(UUID(int=7)), **facts)
