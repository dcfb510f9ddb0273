"""The browser that journeys drive: `$CHROMIUM`, a system one, or Playwright's own."""

import os
import shutil
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MISSING = "NO BROWSER: the browser tests are skipped. Install chromium (apt-get install chromium) or set CHROMIUM."


def find_browser() -> str | None:
    """Give the path of a Chromium-like browser, None when there is none."""
    if named := os.environ.get("CHROMIUM"):
        return named
    for name in NAMES:
        if found := shutil.which(name):
            return found
    own = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache/ms-playwright"))
    return next((str(path) for path in sorted(own.glob("chromium-*/chrome-linux*/chrome"))), None)


def launch_arguments() -> dict[str, object]:
    """Give what Playwright launches the browser with."""
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {"executable_path": find_browser(), "args": [*FLAGS, *root]}


def skip_without_browser(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip browser tests where there is none, with one loud line; with CI=true that is a failure."""
    wanting = [item for item in items if item.get_closest_marker("browser")]
    if not wanting or find_browser():
        return
    if os.environ.get("CI", "").lower() == "true":
        pytest.exit(MISSING, returncode=1)
    config.stash[missing] = True
    for item in wanting:
        item.add_marker(pytest.mark.skip(reason=MISSING))


missing = pytest.StashKey[bool]()
