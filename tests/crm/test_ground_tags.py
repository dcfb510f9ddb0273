"""The tags of the design language."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils import timezone, translation

from crm.clock import frozen
from crm.templatetags.ground import quoted

NOW = datetime(2026, 4, 14, 8, 0, tzinfo=UTC)


def render(source, **context):
    with frozen(NOW), timezone.override("Europe/Berlin"), translation.override("en"):
        return Template("{% load ground %}" + source).render(Context(context))


def test_an_icon_is_decoration():
    assert render('{% icon "door" "small" %}') == (
        '<svg class="icon small" aria-hidden="true"><use href="/static/crm/icons.svg#i-door"/></svg>'
    )


def test_a_glyph_beside_words_is_hidden_and_alone_it_says_what_it_means():
    assert 'aria-hidden="true"' in render('{% glyph "both" %}')
    assert 'aria-label="Agreed by Ingrid &amp; Daniel"' in render(
        '{% glyph "both" label=label %}', label="Agreed by Ingrid & Daniel"
    )
    assert 'role="img" aria-label="Agreed, but out of date"' in render('{% glyph "stale" "large" label="" %}')


@pytest.mark.parametrize("source", ['{% glyph "maybe" %}', '{% icon "door" "huge" %}', '{% avatar "A" "enemy" %}'])
def test_a_name_that_does_not_exist_is_found_at_once(source):
    with pytest.raises(TemplateSyntaxError):
        render(source)


def test_every_glyph_and_icon_of_the_tags_is_in_the_sprite():
    from django.contrib.staticfiles import finders

    from crm.templatetags.ground import GLYPHS

    sprite = Path(finders.find("crm/icons.svg")).read_text()
    assert [state for state in GLYPHS if f'id="g-{state}"' not in sprite] == []


def test_a_name_cannot_bring_markup():
    assert "<script" not in render('{% avatar name "buyer" %}', name='<script>" onload="x')


def test_formats_in_templates():
    assert render('{{ a|money:"USD" }} {{ a|money_short:"USD" }}', a=Decimal("1860000")) == "$1,860,000 $1.86M"
    assert render('{{ a|money:"USD" }}{{ b|number:"%" }}{{ c|day }}{{ c|when }}', a=None, b=None, c=None) == ""
    assert render("{{ at|when }}, {{ at|day }}, {{ at|since }}", at=datetime(2026, 4, 13, 22, 30, tzinfo=UTC)) == (
        "today, 00:30, 14 April, since today"
    )


def test_the_import_map_carries_the_nonce():
    class Request:
        csp_nonce = "abc123"

    assert render("{% import_map %}", request=Request()).startswith(
        '<script type="importmap" nonce="abc123">{"imports"'
    )


def test_the_common_ground_bar_has_one_label_or_a_link_for_each_section():
    sections = [{"label": "Problem", "state": "stale", "words": "with you", "url": "/room/1/problem/"}]
    source = '{% include "crm/_ground.html" with summary="Problem: out of date" %}'
    html = render(source, sections=sections)
    assert 'role="img" aria-label="Problem: out of date"' in html
    assert "<a" not in html
    html = render('{% include "crm/_ground.html" with labelled=True %}', sections=sections)
    assert '<a href="/room/1/problem/">' in html
    assert 'aria-label="Agreed, but out of date"' in html


@pytest.mark.parametrize("words", ["“Every evening.” 😀", '"Every evening."', "„Jeden Abend.“", "«Chaque soir.»"])
def test_words_get_one_pair_of_marks(words):
    assert quoted(words) == words
    assert quoted("Every evening.") == "“Every evening.”"
