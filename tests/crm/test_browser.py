"""Browsers in words, as people see where they are signed in."""

import pytest

from crm.browser import browser_words

WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36"
)
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.4 Mobile/15E148 Safari/604.1"
)


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (WINDOWS, "Chrome on Windows"),
        (f"{WINDOWS} Edg/124.0.0.0", "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0", "Firefox on Linux"),
        (PHONE, "Mobile Safari on iOS"),
        ("curl/8.1", "curl"),
        ("", "A browser that we do not know"),
        ("<script>\x00" * 500, "A browser that we do not know"),
    ],
)
def test_browser_and_system_in_words(agent: str, words: str) -> None:
    assert browser_words(agent) == words
