"""Making, changing and checking archives as whoever gets one does: with a ZIP program, an editor and the script in it."""

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from crm.actors import Actor
from crm.evidence.archive import make_archive
from crm.models import Room

Files = dict[str, bytes]


def unpacked(content: bytes) -> Files:
    """Return the files of a ZIP by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def archive_of(actor: Actor, room: Room) -> Files:
    """Make the archive that `actor` gets of a room."""
    return unpacked(b"".join(make_archive(actor, room.pk).pieces()))


def rows(files: Files, name: str) -> Any:
    """Return the content of a JSON file of an archive."""
    return json.loads(files[f"data/{name}.json"])


def edited(files: Files, name: str, edit: Callable[[Any], Any]) -> Files:
    """Return the archive with one JSON file edited in place, and its own list of fingerprints brought in line with it."""
    content = rows(files, name)
    result = edit(content)
    changed = files | {f"data/{name}.json": json.dumps(content if result is None else result).encode()}
    listed = {one: hashlib.sha256(data).hexdigest() for one, data in changed.items() if one != "manifest.json"}
    return changed | {"manifest.json": json.dumps({"files": listed}).encode()}


def run_verifier(folder: Path, files: Files, *arguments: str) -> tuple[int, str]:
    """Unpack into `folder` and run the script that lies in the archive; return its code and what it said."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    command = [sys.executable, "-I", "-S", "-B", str(folder / "verify.py"), *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=60, env={"PYTHONIOENCODING": "utf-8"}, cwd="/"
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout + done.stderr
