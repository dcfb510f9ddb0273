"""What a form says besides its fields, and what of it is given back."""

from uuid import uuid4

import pytest
from django.test import Client, RequestFactory

from crm.web.submitted import typed_words


def test_only_what_was_typed_is_given_back() -> None:
    sent = {
        "csrfmiddlewaretoken": "a b",
        "password1": "correct horse",
        "code": "ABCD EFGH",
        "version": "3",
        "reply_to": "01a22026-205c-779b-8fa6-49298183cf90",
        "private": "on",
        "body": "これは私たちの問題ではありません。",
        "text": " two words ",
    }
    assert typed_words(RequestFactory().post("/", sent)) == ["これは私たちの問題ではありません。", "two words"]


@pytest.mark.django_db
@pytest.mark.parametrize("words", ["計画が悪いのです。", "ปัญหาไม่ใช่แบบนั้น", "The plan is bad."])
def test_the_door_gives_back_words_of_every_script(client: Client, words: str) -> None:
    answer = client.post(f"/room/{uuid4()}/words/", {"body": words})
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "You had been signed out" in page
    assert words in page
