"""A small folder with the real files' first rows and one deal of each kind."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

MAVEN = Path(__file__).resolve().parents[2] / "data" / "maven"
_DEALS = ("1C1I7A6R", "Z063OYW0", "EC4QE1BX", "UP409DSB", "HAXMC4IX", "3LCLVRVV")


@pytest.fixture
def small(tmp_path: Path, settings) -> Callable[[], Path]:
    """Return a function that makes the folder."""
    settings.VAR_DIR = tmp_path

    def make() -> Path:
        folder = tmp_path / "small"
        folder.mkdir()
        for name in ("accounts.csv", "products.csv", "sales_teams.csv"):
            shutil.copy(MAVEN / name, folder)
        lines = (MAVEN / "sales_pipeline.csv").read_text().splitlines(keepends=True)
        kept = [lines[0], *(line for line in lines if line.startswith(_DEALS))]
        (folder / "sales_pipeline.csv").write_text("".join(kept))
        return folder

    return make
