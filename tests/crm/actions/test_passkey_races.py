"""Coming in with a passkey while the way in ends, on real connections that really commit: no session slips in behind it."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from crm.actions import passkey
from crm.actions.contact import change_contact
from crm.actions.erasure import erase_contact
from crm.actions.passkey import begin_entering, enter_with_passkey
from crm.actors import as_user
from crm.models import Contact, Passkey, RoomSession
from tests.cast import Cast
from tests.crm.actions.authenticator import ORIGIN, Authenticator
from tests.crm.actions.test_passkey import HERE, add

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def cast(settings: Any, tmp_path: Path) -> Cast:
    settings.SITE_URL = ORIGIN
    settings.ERASURE_LIST = str(tmp_path / "erasures.jsonl")
    settings.MEDIA_ROOT = str(tmp_path / "files")
    cast = Cast()
    assert cast.deal
    assert cast.ingrid
    assert cast.admin
    return cast


def move(cast: Cast) -> None:
    person = Contact.objects.get(pk=cast.ingrid.contact_id)
    values = {"email": "new@halvorsen.example"}
    change_contact(actor=cast.rep, contact_id=person.pk, version=person.version, values=values)


def erase(cast: Cast) -> None:
    person = cast.ingrid.contact
    erase_contact(actor=as_user(cast.admin), contact_id=person.pk, confirmed_name=person.name, ground="Article 17.")


@pytest.mark.parametrize("end", [move, erase])
def test_no_session_slips_in(end: Callable[[Cast], None], cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    device = Authenticator()
    add(cast, device)
    signed = device.sign(begin_entering(browser=HERE))
    inside, went = threading.Event(), threading.Event()
    count_use = passkey._count_use

    def slowly(*args: Any) -> None:
        count_use(*args)
        inside.set()
        went.wait(1)

    monkeypatch.setattr(passkey, "_count_use", slowly)
    faults: list[Exception] = []

    def run(act: Callable[[], object]) -> None:
        try:
            act()
        except Exception as error:  # noqa: BLE001  (whatever it is, the test says it)
            faults.append(error)
        finally:
            went.set()
            connection.close()

    entering = threading.Thread(target=run, args=[lambda: enter_with_passkey(browser=HERE, response=signed)])
    ending = threading.Thread(target=run, args=[lambda: end(cast)])
    entering.start()
    assert inside.wait(5)
    ending.start()
    entering.join()
    ending.join()
    assert faults == []
    assert not Passkey.objects.exists()
    assert not RoomSession.objects.filter(ended_at=None).exists()
