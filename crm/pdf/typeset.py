"""Typesetting: a template of this folder and plain data become an accessible, archivable PDF (PDF/UA-1, PDF/A-2a).

The data are never markup: the template reads them as JSON. The same data give the same bytes. What none of our fonts can
show is written as its code point and listed under `unprintable`, so that no box stands where a name should be.
"""

import importlib
import json
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
import typst
from django.conf import settings
from fontTools.ttLib import TTCollection, TTFont
from noto_cjk_sans_otc import FONT_PATH

if TYPE_CHECKING:
    from typst import PDFStandard

log = structlog.get_logger(__name__)

FOLDER = Path(__file__).parent
FONTS = (
    "FiraGO_Regular",
    "FiraGO_Bold",
    "FiraMono_Regular",
    "NotoSansSymbols_Regular",
    "NotoSansSymbols2_Regular",
    "NotoSansMath_Regular",
)
"""Fonts of the package pymupdf-fonts (SIL Open Font License): Latin, Greek, Cyrillic, Arabic, Hebrew, Thai, Georgian, Devanagari.

Chinese, Japanese and Korean come from the package noto-cjk-sans-otc, where it lies.
"""
STANDARDS: list["PDFStandard"] = ["a-2a", "ua-1"]
_BREAKS = "\n\u2028\u2029"
_FORBIDDEN = "\ufeff\ufffe\uffff"
"""Signs that the standards allow in no text, whatever a font says of them; neither are control characters."""
_JOINERS = ("Cf", "Mn")
"""Categories of signs that show nothing by themselves: without a glyph they are left out."""


def typeset(template: str, content: Mapping[str, Any], at: datetime) -> bytes:
    """Return the PDF of `template` (a file of this folder) filled with `content` (plain JSON); `at` is the document's date."""
    missing: set[str] = set()
    printable = _printable(content, missing)
    data = {
        **printable,
        "at": list(at.astimezone(UTC).timetuple()[:6]),
        "unprintable": [f"U+{ord(sign):04X}" for sign in sorted(missing)],
    }
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    try:
        return _compiled(template, inputs, STANDARDS)
    except typst.TypstError as error:
        if not error.message.startswith("PDF/"):
            raise
        # A combination of signs that no one font holds: the standards forbid it, a reader's eye may not even notice.
        log.warning("pdf_below_standard", template=template, reason=error.message)
        return _compiled(template, inputs, [])


def _compiled(template: str, inputs: dict[str, str], standards: list["PDFStandard"]) -> bytes:
    made = typst.compile(
        FOLDER / template,
        root=FOLDER,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs=inputs,
        pdf_standards=standards,
    )
    if not isinstance(made, bytes):
        raise TypeError("A PDF is one file.")
    return made


def _printable(value: Any, missing: set[str]) -> Any:
    if isinstance(value, str):
        return "".join(_sign(sign, missing) for sign in value)
    if isinstance(value, Mapping):
        return {key: _printable(one, missing) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(one, missing) for one in value]
    return value


def _sign(sign: str, missing: set[str]) -> str:
    if sign in _BREAKS:
        return "\n"
    if sign in _FORBIDDEN or unicodedata.category(sign) == "Cc":
        return ""
    if ord(sign) in _covered():
        return sign
    if unicodedata.category(sign) in _JOINERS:
        return ""
    missing.add(sign)
    return f"‹U+{ord(sign):04X}›"


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=_font_folders())


@lru_cache(maxsize=1)
def _font_folders() -> list[Path]:
    """Return the folders with fonts: ours, unpacked once into `VAR_DIR`, and the installation's own."""
    folder = settings.VAR_DIR / "fonts"
    folder.mkdir(parents=True, exist_ok=True)
    for name in FONTS:
        path = folder / f"{name}.ttf"
        if not path.exists():
            part = path.with_suffix(".part")
            part.write_bytes(importlib.import_module(f"pymupdf_fonts.{name}").fontbuffer)
            part.replace(path)
    return [folder, Path(str(FONT_PATH)).parent, *([Path(settings.PDF_FONTS)] if settings.PDF_FONTS else [])]


@lru_cache(maxsize=1)
def _covered() -> frozenset[int]:
    """Return the code points that at least one font has a glyph for."""
    files = [
        path
        for folder in _font_folders()
        for path in folder.rglob("*")
        if path.suffix.lower() in (".ttf", ".otf", ".ttc")
    ]
    return frozenset(code for path in files for code in _opened(path).getBestCmap() or ())


def _opened(path: Path) -> TTFont:
    """Open a font; of a collection the first, since they differ in how they draw the same signs."""
    return TTCollection(path, lazy=True).fonts[0] if path.suffix.lower() == ".ttc" else TTFont(path, lazy=True)
