"""Who gets where: every route of the URL configuration × every method it takes × every kind of person.

The routes come from Django, who gets past their doors from `tests/architecture/routes.txt`, who may see a row from
`tests/access/kinds.py`. A route whose address holds a name that nobody has decided about fails here.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.contrib import admin
from django.db import transaction
from django.urls import reverse

from tests.access.calls import READING, WRITING, Cell, names_of, path_of, send
from tests.access.kinds import (
    ADMIN,
    ADMINISTRATION,
    ANYBODYS,
    DEMO_ONLY,
    FOR_WRITERS,
    GONE,
    HANDED_OVER,
    MANAGERS,
    NOBODYS,
    SAME_FOR_ALL,
    SIGHT,
    Person,
)
from tests.access.seats import seat
from tests.access.words import words_of_answer
from tests.access.world import World, make_world
from tests.architecture.routes import PACKAGES, Route, all_routes, table
from tests.digest import changed, rows_digest

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

DOORS = ("/accounts/login/", "/room/door/")
SAID = ("django_session",)
"""Where a refusal waits for the next page to say it."""
NO_GATE = frozenset({"api:deal-waivers", "deals:waive_gate"})
"""Routes about a gate: the world's deal is won, and has none left to pass."""
ENTERED = (*SAID, "account_emailaddress")
"""Where allauth enters the address an account was made with, when its page is first looked at."""
GOT_THROUGH = {200, 201, 202, 204, 302, 409, 412, 422}
OURS = [route for route in all_routes() if route.app not in PACKAGES]


@pytest.fixture
def world(settings, tmp_path, empty_redis) -> World:
    settings.MEDIA_ROOT = str(tmp_path / "files")
    settings.ERASURE_LIST = str(tmp_path / "erasures.jsonl")
    world = make_world()
    world.seated = {person.name: person for person in seat(world)}
    return world


DOORS_OF = table()


def past_the_door(cell: Cell) -> bool:
    """Whether somebody gets in at all, as `routes.txt` says."""
    doors = DOORS_OF[cell.route.key]
    return "anonymous" in doors or (cell.person.door in doors and cell.person.name not in GONE)


def sees(cell: Cell) -> bool:
    """Whether somebody may see what a call is about."""
    if cell.route.key in ADMINISTRATION and cell.person.name not in ADMIN:
        return False
    if cell.route.key in FOR_WRITERS and cell.person.name == "colleague":
        return False
    return all(cell.person.name in SIGHT[name] for name in names_of(cell))


def may_write(cell: Cell) -> bool:
    """Whether a call may change something: it is past the door, what it is about is seen, and not only to be read."""
    if cell.method in READING or not past_the_door(cell) or not sees(cell):
        return False
    if cell.person.name == "read_key":
        return "anonymous" in DOORS_OF[cell.route.key]
    return cell.person.name != "colleague" or ANYBODYS.issuperset(names_of(cell))


def fault_of(cell: Cell, answer: Any) -> str:
    """Say what is wrong with an answer; nothing where it is as it must be."""
    route, status = cell.route, answer.status_code
    if status >= 500:
        return "broke"
    if route.key in DEMO_ONLY or route.key == "api:none":
        return "" if status in (302, 401, 404, 405) else "is there outside of a demo"
    if status == 405:
        return ""
    if not past_the_door(cell):
        return "" if is_kept_out(answer) else "got past the door"
    if not sees(cell):
        return _fault_out_of_sight(cell, status)
    if cell.method in READING:
        return "" if status < 400 and not is_kept_out(answer) else "does not see what they may see"
    is_lost = status == 404 and may_write(cell) and route.key not in NO_GATE
    return "does not see what they write to" if is_lost else ""


def _fault_out_of_sight(cell: Cell, status: int) -> str:
    """What may not be seen is not there. What only some people or keys may do at all says no to others, whatever it is."""
    says_no = cell.route.key in ADMINISTRATION | FOR_WRITERS | MANAGERS | NOBODYS or cell.person.name == "read_key"
    return "" if status == 404 or (status == 403 and says_no) else "is told of what they may not see"


def is_kept_out(answer: Any) -> bool:
    """Whether somebody stands at a door: led to a sign-in, or told that they are nobody."""
    return answer.status_code in (401, 403) or (answer.status_code == 302 and answer.url.startswith(DOORS))


def leaks_of(cell: Cell, answer: Any, world: World) -> list[str]:
    """Return the secrets in an answer that are not for this person."""
    if cell.route.key in HANDED_OVER and past_the_door(cell) and sees(cell):
        return []
    words = words_of_answer(answer)
    return [secret for secret, readers in world.secrets.items() if cell.person.name not in readers and secret in words]


def walk(world: World, person: Person, methods: tuple[str, ...]) -> Iterator[tuple[Cell, Any]]:
    """Make every call as one person. What they may write is undone, so that the next call finds the world as it was.

    The first two people try every method. What a route does not take from whoever gets in, nobody else tries.
    """
    for route in OURS:
        insider = "buyer" if "participant" in DOORS_OF[route.key] else "admin"
        for method in methods:
            cell = Cell(route, method, person)
            if not says_more(cell) or not world.takes.get((route.key, method), True):
                continue
            answer = call(cell, world)
            if person.name == insider:
                world.takes[route.key, method] = answer.status_code != 405
            yield cell, answer


def call(cell: Cell, world: World) -> Any:
    """Make one call; sign-ins of the browser stay as they were."""
    cookies = deepcopy(cell.person.client.cookies)
    with transaction.atomic():
        answer = send(cell, path_of(cell.route, world.ids), world.ids)
        transaction.set_rollback(may_write(cell))
    cell.person.client.cookies = cookies
    return answer


def says_more(cell: Cell) -> bool:
    """Whether a call says more than others: HEAD is a page without its words, and looked at once for each door."""
    if cell.route.key in SAME_FOR_ALL:
        return cell.person.name in ("anonymous", "admin")
    return cell.method != "HEAD" or cell.person.name in ("buyer", "rep", "key") or not sees(cell)


def faults_in(world: World, cell: Cell, answer: Any) -> list[str]:
    """Say everything that is wrong with an answer."""
    fault = fault_of(cell, answer)
    said = [f"{cell}: {answer.status_code}, {fault}"] if fault else []
    return said + [f"{cell}: shows {secret!r}" for secret in leaks_of(cell, answer, world)]


def test_reading(world: World) -> None:
    before, faults = rows_digest(), []
    for person in world.seated.values():
        for cell, answer in walk(world, person, READING):
            faults += faults_in(world, cell, answer)
        if tables := changed(before, rows_digest()):
            faults.append(f"{person.name} changed {tables} by reading")
            break
    assert not faults, "\n".join(faults)


def is_odd(world: World, key: str, method: str) -> bool:
    """Whether a page takes something else than what a form sends."""
    return world.takes[key, method] and method != "POST" and not key.startswith("api:")


def test_writing(world: World) -> None:
    before, faults, done = rows_digest(without=SAID), [], set()
    for person in world.seated.values():
        for cell, answer in walk(world, person, WRITING):
            faults += faults_in(world, cell, answer)
            if answer.status_code in GOT_THROUGH and past_the_door(cell):
                done.add((cell.route.key, cell.method))
        if tables := changed(before, rows_digest(without=SAID)):
            faults.append(f"{person.name} changed {tables} where they may not write")
            break
    faults += [
        f"{method} {key}: is no method for a page" for key, method in sorted(world.takes) if is_odd(world, key, method)
    ]
    taken = {key for key, is_so in world.takes.items() if is_so and key[0] not in NOBODYS | DEMO_ONLY | NO_GATE}
    faults += [f"{key}: nobody gets through; does the call carry what it needs?" for key in sorted(taken - done)]
    assert not faults, "\n".join(faults)


THEIRS = [route for route in all_routes() if route.app in PACKAGES]
NAMED = {"app_label": "crm", "url": "x", "extra_context": "", "pk": "1", "id": "1"} | {
    "uidb36": "1", "key": "set-password", "provider_id": "x", "token": "x",
}  # fmt: skip


@pytest.mark.parametrize("name", ["anonymous", "buyer", "rep", "key", "admin"])
def test_pages_of_packages(name: str, world: World) -> None:
    """Packages ask only whether somebody is signed in, and who administrates."""
    person, before, faults = world.seated[name], rows_digest(without=ENTERED), []
    for route in THEIRS:
        for method in (*READING, "POST"):
            cookies = deepcopy(person.client.cookies)
            with transaction.atomic():
                answer = send(Cell(route, method, person), path_in_package(route), world.ids)
                transaction.set_rollback(method == "POST" and name == "admin")
            person.client.cookies = cookies
            cell = Cell(route, method, person)
            faults += [f"{cell}: broke"] if answer.status_code >= 500 else []
            if route.app == "admin" and name != "admin" and answer.status_code not in (302, 403, 404, 405):
                faults.append(f"{cell}: {answer.status_code}, is in the administration")
            faults += [f"{cell}: shows {secret!r}" for secret in leaks_of(cell, answer, world)]
    assert not faults, "\n".join(faults)
    assert changed(before, rows_digest(without=ENTERED)) == []


def path_in_package(route: Route) -> str:
    """Return an address of a package's route; of the administration with a row of its model."""
    names = NAMED | {"object_id": _row_of(route)}
    parts = {name: names[name] for name in re.findall(r"<(?:\w+:)?(\w+)>", route.pattern)}
    return reverse(route.name, kwargs=parts) if route.name else "/" + route.pattern


def _row_of(route: Route) -> str:
    for model in admin.site._registry:
        if f"_{model._meta.model_name}_" in route.name:
            row = model._default_manager.first()
            return str(row.pk) if row else "1"
    return "1"
