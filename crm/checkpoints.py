"""Where checkpoints of the ledger lie: dated files in a folder outside the database, written whole or not at all."""

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

_PATTERN = "ledger-*.json"


def write_checkpoint(content: Mapping[str, Any], path: Path | None = None) -> Path:
    """Write a checkpoint to `path`, or under its own name into the folder of the setting; return where it lies."""
    path = path or settings.LEDGER_CHECKPOINTS / _name_of(content)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8") as file:
        json.dump(content, file, indent=1, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    return path


def _name_of(content: Mapping[str, Any]) -> str:
    at = datetime.fromisoformat(content["at"]).astimezone(UTC)
    return f"ledger-{at:%Y-%m-%dT%H%M%S}Z-{content['digest'][:12]}.json"


def checkpoint_named(name: str) -> Path:
    """Return where the checkpoint with this name lies, or would lie."""
    return Path(settings.LEDGER_CHECKPOINTS) / Path(name).name


def newest_checkpoint() -> Path | None:
    """Return the newest checkpoint in the folder."""
    return max(Path(settings.LEDGER_CHECKPOINTS).glob(_PATTERN), key=lambda path: path.name, default=None)
