"""Seating every kind of person of the matrix at a browser, or giving them a key."""

from django.test import Client

from crm.actions.participant import revoke_participant
from crm.clock import now
from crm.models import ApiKey, User
from crm.scopes import scopes
from tests.access.kinds import KINDS, Person
from tests.access.world import World
from tests.api.caller import make_key
from tests.crm.room.door import client_of


def seat(world: World) -> list[Person]:
    """Return everybody, signed in; then those whose sign-in is over lose it."""
    keys = _keys(world)
    people = [Person(name, _client(world, name), keys.get(name, {})) for name in KINDS]
    revoke_participant(actor=world.cast.rep, participant_id=world.people["revoked"].pk)
    User.objects.filter(pk=world.people["inactive"].pk).update(is_active=False)
    ApiKey.objects.filter(name="dead").update(revoked_at=now())
    return people


def _client(world: World, name: str) -> Client:
    client = Client(raise_request_exception=False)
    if KINDS[name] == "participant":
        client = client_of(world.people[name].contact, raise_request_exception=False)
    elif KINDS[name] == "staff":
        client.force_login(world.people[name])
    return client


def _keys(world: World) -> dict[str, dict[str, str]]:
    cast = world.cast
    reading = [name for name in scopes() if name.endswith(":read")]
    secrets = {
        "key": make_key(cast.maya),
        "read_key": make_key(cast.maya, *reading),
        "far_key": make_key(cast.stranger),
        "dead_key": make_key(cast.maya),
    }
    ApiKey.objects.filter(last_four=secrets["dead_key"][-4:], user=cast.maya).update(name="dead")
    return {name: {"Authorization": f"Bearer {secret}"} for name, secret in secrets.items()}
