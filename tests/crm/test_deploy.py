"""`check --deploy` refuses what would let the application change its own record."""

import pytest
from django.core.checks import run_checks


@pytest.mark.slow
@pytest.mark.parametrize(("role", "refused"), [("", True), ("common_ground_app", False)])
def test_one_role_for_both_jobs_is_refused(settings, role: str, refused: bool) -> None:
    settings.DATABASE_APP_ROLE = role
    ids = {message.id for message in run_checks(include_deployment_checks=True)}
    assert ("crm.E001" in ids) is refused


@pytest.mark.slow
@pytest.mark.parametrize(
    ("https", "domains", "refused"), [(True, [], True), (True, ["nordlicht.example"], False), (False, [], False)]
)
def test_who_is_ours_has_to_be_said(settings, https: bool, domains: list[str], refused: bool) -> None:
    settings.HTTPS, settings.ORGANIZATION_DOMAINS = https, domains
    ids = {message.id for message in run_checks(include_deployment_checks=True)}
    assert ("crm.E003" in ids) is refused
