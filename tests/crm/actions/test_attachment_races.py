"""Files with the same content that come in and are checked at once, on connections that really commit."""

import io
from functools import partial
from pathlib import Path

import pytest

from crm.actions.attachment import add_attachment, check_attachment
from crm.models import Attachment, FileState
from tests.cast import Cast
from tests.crm.actions.test_attachment import picture
from tests.crm.actions.test_consent_races import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.mark.parametrize("content", [b"The same words.", picture()], ids=["text", "picture"])
def test_the_same_file_is_added_while_it_is_checked(content: bytes, settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    cast = Cast()
    rep, room = cast.rep, cast.deal.room_id

    def add() -> Attachment:
        return add_attachment(actor=rep, room_id=room, name="file", content=io.BytesIO(content))

    for _turn in range(4):
        checks = [partial(check_attachment, attachment_id=add().pk) for _file in range(3)]
        done = together(*[add] * 3, *checks)
        assert [file.state for file in done] == [FileState.QUARANTINED] * 3 + [FileState.CLEAN] * 3
