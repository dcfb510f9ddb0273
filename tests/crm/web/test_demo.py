"""The line above a demo: how far its data have come."""

import pytest

from crm.actions.import_run import advance_run, begin_run, finish_run, interrupt_run
from crm.actors import SYSTEM
from crm.models import Role
from tests.cast import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(client, settings):
    settings.DEMO = True
    client.force_login(make_user("Maya Okafor", Role.REP, None))
    return lambda: client.get("/demo-line/")


def test_it_counts_while_data_load_and_then_stops_asking(line):
    assert 'data-live="import."' in line().text
    run = begin_run(actor=SYSTEM, source="maven", total=8800, is_demo=True)
    advance_run(run=run, rows=3200)
    assert "Demo data loads: 3,200 of 8,800" in line().text
    assert 'max="8800" value="3200"' in line().text
    finish_run(actor=SYSTEM, run=run, report={})
    assert "Demo data loads" not in line().text
    assert 'data-live="import."' not in line().text


def test_a_run_that_stopped_says_so(line):
    interrupt_run(run=begin_run(actor=SYSTEM, source="maven", total=8800, is_demo=True))
    assert "It goes on at the next start" in line().text
    assert 'data-live="import."' not in line().text


def test_without_a_demo_there_is_no_line(line, settings):
    settings.DEMO = False
    assert line().status_code == 404
