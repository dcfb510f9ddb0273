"""Who mails come from where nobody said: a demo's own organisation, and only where its mails stay in the app."""

import os
import subprocess
import sys

import pytest

PRINT = "from crm.config import settings; print(settings.DEFAULT_FROM_EMAIL)"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("said", "sender"),
    [
        ({"DEMO": "true"}, "Nordlicht Analytics <room@nordlicht.example>"),
        ({"DEMO": "true", "EMAIL_URL": "smtp://mail.example"}, "Common Ground <noreply@localhost>"),
        ({}, "Common Ground <noreply@localhost>"),
        ({"DEMO": "true", "EMAIL_FROM": "Us <us@ours.example>"}, "Us <us@ours.example>"),
    ],
)
def test_the_sender(said: dict[str, str], sender: str, tmp_path) -> None:
    env = {"PATH": os.environ["PATH"], "SECRET_KEY": "x" * 60, "VAR_DIR": str(tmp_path)} | said
    told = subprocess.run([sys.executable, "-c", PRINT], env=env, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == sender
