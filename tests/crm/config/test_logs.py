"""What reaches the logs: tracebacks without values, addresses without tokens, whichever way a line is written."""

import io
import json
import logging

import pytest
import structlog
from django.db import IntegrityError, transaction
from django.test import Client

from crm.clock import now
from crm.config.logs import leave_out, logging_settings
from crm.models import Organization
from crm.secrets import new_token


def _lines(log_format: str, logged) -> str:
    """Give what one call of `logged(logger)` writes in this format, through the formatter of the settings."""
    settings = logging_settings(level="INFO", log_format=log_format)["formatters"]["lines"]
    formatter = structlog.stdlib.ProcessorFormatter(
        processors=settings["processors"], foreign_pre_chain=settings["foreign_pre_chain"]
    )
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(formatter)
    logger = logging.Logger("tests.logs")
    logger.addHandler(handler)
    logged(logger)
    return written.getvalue()


def _raise_with_secrets(token: str) -> None:
    password = "correct horse battery"
    raise ValueError(f"no room for {token}, {len(password)} characters")


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_a_traceback_shows_where_but_no_values(log_format: str) -> None:
    token = new_token()

    def logged(logger: logging.Logger) -> None:
        try:
            _raise_with_secrets(token)
        except ValueError:
            logger.exception("Internal Server Error: /room/invitations/%s/", token)

    text = _lines(log_format, logged)
    assert "_raise_with_secrets" in text
    assert "ValueError" in text
    assert "correct horse" not in text.replace('password = "correct horse battery"', "")
    assert "locals" not in text
    assert token not in text
    assert "[token]" in text


@pytest.mark.django_db
@pytest.mark.parametrize("log_format", ["json", "console"])
def test_what_the_database_quotes_of_a_row_is_left_out(log_format: str) -> None:
    """A refused row is quoted whole, with all that somebody wrote."""

    said = []

    def logged(logger: logging.Logger) -> None:
        try:
            with transaction.atomic():
                Organization.objects.create(name="My\n\nSECRET words", version=-1, created_at=now(), updated_at=now())
        except IntegrityError as error:
            said.append(str(error))
            logger.exception("Internal Server Error: /clients/new/")
            logger.warning("refused", exc_info=False, extra={"why": str(error)})
            structlog.wrap_logger(
                logger, processors=[structlog.stdlib.ProcessorFormatter.wrap_for_formatter], wrapper_class=None
            ).warning("delivery_failed", error=error)

    text = _lines(log_format, logged)
    assert "SECRET" in said[0]
    assert text.count("violates check constraint") >= 3
    assert "The above exception" in text or log_format == "json"
    assert "SECRET" not in text.replace('name="My\\n\\nSECRET words"', "")


@pytest.mark.django_db
def test_a_request_is_logged_without_where_it_came_from_and_what_was_searched(client: Client) -> None:
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars, leave_out]) as lines:
        client.get("/clients/?q=Ingrid", REMOTE_ADDR="192.0.2.77")
    (started, *_rest) = [line for line in lines if line["event"] == "request_started"]
    assert started["request"] == "GET /clients/"
    assert "192.0.2.77" not in str(lines)


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_tokens_are_masked_wherever_they_stand(log_format: str) -> None:
    token = new_token()

    def logged(logger: logging.Logger) -> None:
        logger.warning("GET /room/invitations/%s/", token)
        nested = structlog.wrap_logger(
            logger, processors=[structlog.stdlib.ProcessorFormatter.wrap_for_formatter], wrapper_class=None
        )
        nested.warning("request", args=[{"url": f"/room/invitations/{token}/"}], tries=3, error=ValueError(token))

    text = _lines(log_format, logged)
    assert token not in text
    assert text.count("[token]") == 3
    if log_format == "json":
        assert json.loads(text.splitlines()[1])["tries"] == 3
