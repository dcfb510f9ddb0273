"""Receipts on paper: all that the page says, names in every script our fonts know, the same bytes each time."""

import io
import unicodedata
from datetime import UTC, datetime

import pypdfium2
import pytest
from django.utils import timezone, translation
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crm.models import Consent, Contact
from crm.pdf.receipt import receipt_pdf
from crm.pdf.typeset import typeset
from crm.queries.receipt import get_receipt, receipts_of
from tests.cast import Cast
from tests.crm.actions.test_consent import ask, say

AT = datetime(2026, 4, 14, 9, 3, 2, tzinfo=UTC)


def words_of(pdf: bytes) -> str:
    """Return the text that can be selected in a PDF; composed signs as they are typed."""
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    text = "\n".join(page.get_textpage().get_text_range() for page in document)
    return unicodedata.normalize("NFKC", " ".join(text.replace("\ufffe", "-").split()))


def of_one_word(word: str) -> bytes:
    frame = {
        "lang": "en",
        "issuer": "Nordlicht",
        "page_words": "Page",
        "of_words": "of",
        "unprintable_words": "Not shown:",
    }
    return typeset("receipt.typ", {"title": word, "room": "Room", "receipts": [], **frame}, AT)


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    cast = Cast()
    cast.write_problem("Planners forecast by hand.\nFresh stock is written off.")
    return cast


def test_it_says_all_that_proves_the_answer(cast: Cast) -> None:
    say(cast, ask(cast), note="Yes, and soon.", button="I agree")
    receipt = get_receipt(cast.buyer, Consent.objects.get().pk)
    with timezone.override("Europe/Oslo"):
        pdf = receipt_pdf([receipt])
        assert pdf == receipt_pdf([get_receipt(cast.buyer, receipt.consent.pk)])
    text = words_of(pdf)
    for part in (
        "Ingrid Solberg, VP Supply Chain, Halvorsen Foods",
        "ingrid.solberg@halvorsen.example",
        "the buying side",
        "“Does this describe your problem as it is today?”",
        "“I agree”",
        "Yes, and soon.",
        "Maya Okafor",
        "Our problem, revision 1",
        "Fresh stock is written off.",
        receipt.consent.content_hash,
        receipt.given.entry.hash,
        "simple electronic signature, and nothing higher",
        "CET",
        "A yes can be taken back at any time",
    ):
        assert part in text, part
    page = pypdfium2.PdfDocument(io.BytesIO(pdf))[0]
    assert [round(side) for side in page.get_size()] == [595, 842]


def test_it_is_as_then_even_when_the_person_has_changed(cast: Cast) -> None:
    say(cast, ask(cast))
    Contact.objects.update(name="Somebody Else", title="CEO")
    assert "Ingrid Solberg, VP Supply Chain" in words_of(receipt_pdf(receipts_of(cast.rep, Consent.objects.all())))


@pytest.mark.slow
def test_one_paper_for_all_that_a_question_covers(cast: Cast) -> None:
    cast.write_criterion()
    question = say(cast, ask(cast, cast.problem(), cast.criteria()))
    pdf = receipt_pdf(receipts_of(cast.buyer, question.consents.all()))
    assert len(pypdfium2.PdfDocument(io.BytesIO(pdf))) == 2
    assert "Our problem" in words_of(pdf)
    assert "What success means" in words_of(pdf)


def test_it_speaks_the_readers_language(cast: Cast) -> None:
    say(cast, ask(cast))
    with translation.override("de"):
        assert receipt_pdf(receipts_of(cast.rep, Consent.objects.all())).startswith(b"%PDF-1.7")


@pytest.mark.parametrize(
    "name",
    [
        "Χρήστος Παπαδόπουλος",
        "Анна Каренина",
        "Łukasz Żółć",
        "Nguyễn Thị Hạnh",
        "ქართული ენა",
        "→ ✓ € ≥ ½ ☎",
        "İstanbul ğış",
        "山田 太郎",
        "欧阳娜娜",
        "김민준",
    ],
)
def test_names_are_letters_not_boxes(name: str) -> None:
    assert unicodedata.normalize("NFKC", name) in words_of(of_one_word(name))


@pytest.mark.parametrize("name", ["محمد الأمين", "שלום עליכם", "हिन्दी भाषा", "ภาษาไทย"])
def test_scripts_that_join_or_run_the_other_way_are_drawn_by_the_standard(name: str) -> None:
    """PDF/A refuses a document with a box in it; the order of the letters is the reader's business."""
    pdf = of_one_word(name)
    assert b"pdfaid" in pdf
    assert "Not shown" not in words_of(pdf)


def test_what_no_font_shows_is_told_by_its_code_point() -> None:
    text = words_of(of_one_word("ᠮᠣ 😀"))
    assert "‹U+182E›‹U+1823›" in text
    assert "Not shown: U+1823, U+182E, U+1F600" in text


def test_words_are_never_markup() -> None:
    hostile = '#panic("x") *bold* $1$ \\ // /* ] } @a <b> = h'
    assert unicodedata.normalize("NFKC", hostile) in words_of(of_one_word(hostile))


@settings(max_examples=40, deadline=None)
@example("\x00\ufeff\ufffe\u200d\u0301")
@given(st.text(max_size=60))
def test_any_text_gives_a_paper(text: str) -> None:
    assert of_one_word(text or "x").startswith(b"%PDF")
