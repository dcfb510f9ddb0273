"""What is kept about somebody reads in words that can be translated, wherever it stands."""

from pathlib import Path

import pytest
from django.utils import translation

from crm.personal_data.labels import LABELS, label_of
from crm.personal_data.person import person_of
from crm.registry import personal_data_places
from tests.canaries import plant
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_every_field_that_is_shown_has_a_label(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    cast = Cast()
    person = person_of(plant(cast))
    names = {name for place in personal_data_places() for row in place.export(person) for name in row}
    assert len(names) > 80
    assert {name for name in names if label_of(name) == name.replace("_", " ")} == set()


def test_labels_are_read_in_the_language_of_the_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LABELS, "room__title", translation.gettext_lazy("Yes"))
    with translation.override("de"):
        assert label_of("entry__room__title") == "Ja"
