"""How forms are rendered, and how refusals come back to the field."""

from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from crm.errors import FieldFault, Invalid, NotFound, Refused
from crm.web.forms import ChoiceCards, DayField, LineField, NumberField, Switch, WordsField, attempt


class CriterionForm(forms.Form):
    title = LineField(label="Title", help_text="In one phrase.")
    target = NumberField(label="Target")
    due_on = DayField(label="Due", required=False)
    words = WordsField(label="In your words", required=False)
    direction = forms.ChoiceField(
        choices=[("raise", "Raise"), ("lower", "Lower")],
        widget=ChoiceCards(columns="two", notes={"raise": "more of it"}),
    )
    must = forms.BooleanField(label="Must have", required=False, widget=Switch())


TYPED = {"title": "Waste <b>", "target": "more", "due_on": "2026-13-45", "words": "a\x00b", "direction": "raise"}


def refuse(*faults):
    def act():
        raise Invalid("Not yet.", faults=[FieldFault(field, "x", f"Fault at {field}.") for field in faults])

    return act


def test_what_was_typed_is_still_there_and_the_fault_is_tied_to_its_field():
    form = CriterionForm(TYPED)
    assert attempt(form, refuse("title", "target", "elsewhere")) is None
    html = str(form)
    assert 'value="Waste &lt;b&gt;"' in html
    assert 'value="more"' in html
    assert 'value="2026-13-45"' in html
    assert 'aria-invalid="true" aria-describedby="id_title_helptext id_title_error"' in html
    assert 'id="id_title_error"' in html
    assert '<a href="#id_title">Title</a>: Fault at title.' in html
    assert "<li>Fault at elsewhere.</li>" in html


def test_a_refusal_without_faults_stands_above_the_form():
    def act():
        raise Refused("Ingrid has not answered yet.")

    form = CriterionForm(TYPED)
    attempt(form, act)
    assert form.non_field_errors() == ["Ingrid has not answered yet."]


def test_what_is_not_about_the_form_goes_on():
    def act():
        raise NotFound

    with pytest.raises(NotFound):
        attempt(CriterionForm(TYPED), act)


def test_the_result_of_the_action_comes_back():
    assert attempt(CriterionForm(TYPED), lambda: "saved") == "saved"


@pytest.mark.parametrize(
    ("language", "typed", "value"),
    [
        ("en", "1,860,000", Decimal("1860000")),
        ("de", "1.860.000,5", Decimal("1860000.5")),
        ("en", " -3.5 ", Decimal("-3.5")),
        ("en", "", None),
        ("en", "more", "more"),
        ("en", "1,8,6", "1,8,6"),
        ("en", "12,5", Decimal("12.5")),
        ("en", "1.860.000,50", Decimal("1860000.50")),
        ("en", "1,250", Decimal(1250)),
        ("de", "1.250", Decimal(1250)),
        ("de", "12.5", Decimal("12.5")),
        ("de", "0.125", Decimal("0.125")),
        ("fr", "1\u202f250,5", Decimal("1250.5")),
        ("en-in", "12,34,567", Decimal(1234567)),
        ("en", "NaN", "NaN"),
        ("en", "Infinity", "Infinity"),
        ("en", "1" * 400, Decimal("1" * 400)),
        ("en", "\x00", "\x00"),
    ],
)
def test_numbers_as_people_write_them(language, typed, value):
    with translation.override(language):
        cleaned = NumberField().clean(typed)
    assert repr(cleaned) == repr(value)


@pytest.mark.parametrize(
    ("language", "typed", "ways"), [("en", "1.250", ("1250", "1.25")), ("de", "-3,125", ("-3125", "-3,1250"))]
)
def test_a_number_that_can_be_read_in_two_ways_is_asked_about(language, typed, ways):
    with translation.override(language):
        with pytest.raises(ValidationError) as refused:
            NumberField().clean(typed)
        assert refused.value.code == "two_ways"
        assert all(way in refused.value.messages[0] for way in ways)
        assert {NumberField().clean(way) for way in ways} == {Decimal(way.replace(",", ".")) for way in ways}


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4) | st.decimals(-999, 999, places=3))
def test_what_is_shown_is_read_as_the_same(number):
    for language in ("en", "de", "fr", "de-ch", "en-in"):
        with translation.override(language):
            assert NumberField().clean(NumberField().prepare_value(number)) == number


def test_a_stored_number_is_shown_as_it_is_written_here():
    with translation.override("de"):
        assert NumberField().prepare_value(Decimal("1860000.5000")) == "1.860.000,5"


def test_controls_have_the_classes_of_the_design_language():
    html = str(CriterionForm())
    assert 'class="input"' in html
    assert 'class="textarea"' in html
    assert 'class="switch"' in html
    assert '<div class="choices two">' in html
    assert "<small>more of it</small>" in html
    assert "style=" not in html


def test_a_day_that_does_not_exist_stays_as_it_was_typed():
    class WithDays(forms.Form):
        day = DayField()

    assert 'type="date"' in str(WithDays({"day": "2026-02-28"}))
    html = str(WithDays({"day": "2026-02-31"}))
    assert 'type="text"' in html
    assert 'value="2026-02-31"' in html
