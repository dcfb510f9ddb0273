"""Bodies that two readers could read differently, or nobody can keep: refused with a problem, never a 500."""

import pytest

from crm.api.formats import SIZE_LIMIT
from crm.models import Organization
from tests.api.caller import Caller, pointers, problem_of
from tests.cast import Cast

pytestmark = pytest.mark.django_db

PATH = "/organizations/"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "not_json"),
        (b"", "required"),
        (b"\xff\xfe", "not_utf8"),
        (b'{"name": "A", "name": "B"}', "repeated"),
        (b'{"name": NaN}', "not_a_number"),
        (b'{"name": -Infinity}', "not_a_number"),
        (b'{"name": 1e999999999}', "out_of_range"),
        (b'{"name": ' + b"9" * 5000 + b"}", "out_of_range"),
        (b"[" * 100_000 + b"]" * 100_000, "too_deep"),
        (b'{"custom": ' + b'{"a":' * 20 + b"1" + b"}" * 20 + b"}", "too_deep"),
        (b'{"name": "A\\u0000"}', "control_character"),
        (b'{"name": "A\\ud800"}', "control_character"),
        (b'{"na\\ud800me": "A"}', "control_character"),
        (b"[]", "not_an_object"),
        (b'"text"', "not_an_object"),
        (b"null", "not_an_object"),
        (b"5", "not_an_object"),
        (b'{"name": 5}', "not_text"),
        (b'{"name": ["A"]}', "not_text"),
        (b'{"name": null}', "required"),
        (b"{}", "required"),
        (b'{"name": "A", "parent": 5}', "invalid"),
        (b'{"name": "A", "parent": "{0}"}', "invalid"),
        (b'{"name": "A", "custom": []}', None),
        (b'{"name": "A", "custom": {"x.y/z": 1}}', "unknown"),
        (b'{"name": "A", "website": "javascript:alert(1)"}', "not_a_url"),
        (b'{"name": "' + b"A" * 201 + b'"}', "too_long"),
    ],
)
def test_hostile_bodies(cast: Cast, api: Caller, body: bytes, code: str | None) -> None:
    found = problem_of(api.raw(PATH, body), 400)
    if code:
        assert code in {found["code"], *pointers(found).values()}, found
    assert not Organization.objects.exists()


def test_too_large(cast: Cast, api: Caller) -> None:
    problem_of(api.raw(PATH, b'{"name": "' + b"A" * SIZE_LIMIT + b'"}'), 413, "too_large")


def test_only_json(cast: Cast, api: Caller) -> None:
    problem_of(api.raw(PATH, b"name=A", "application/x-www-form-urlencoded"), 415)
    problem_of(api.raw(PATH, b"<a/>", "text/xml"), 415)
    problem_of(api.get(PATH, Accept="text/html"), 406)
    assert api.get(PATH, Accept="application/json").status_code == 200


@pytest.mark.parametrize("name", ["Søster 🧊", "شركة", "𝔘𝔫𝔦", "' OR 1=1 --", "<script>"])
def test_people_write_all_kinds_of_names(cast: Cast, api: Caller, name: str) -> None:
    made = api.post(PATH, {"name": name})
    assert made.status_code == 201, made.content
    assert made.json()["name"] == name
    assert api.get(made["Location"].removeprefix("/api/v1")).json()["name"] == name


def test_signs_that_turn_the_writing_direction_are_left_out(cast: Cast, api: Caller) -> None:
    assert api.post(PATH, {"name": "a\u202eb"}).json()["name"] == "ab"
