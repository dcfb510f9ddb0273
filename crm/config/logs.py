"""Logs: one line of JSON per event for machines, or a readable line for people.

Secrets in addresses are masked, and what people wrote is left out: logs are kept where nobody erases a person.
"""

import logging.config
import re
from collections.abc import Mapping
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# Tokens of invitations, codes and keys are at least 40 characters of URL-safe base 64.
_TOKEN = re.compile(r"[A-Za-z0-9_-]{40,}")
# What PostgreSQL says after the first line of an error quotes rows and statements, up to the next error of a traceback.
_QUOTED = re.compile(
    r"\n(?:DETAIL|CONTEXT|QUERY|LINE \d+): .*?(?=\n\n(?:The above exception|During handling)|\Z)", re.DOTALL
)

# A traceback names lines, never the values of variables: passwords, codes and buyers' words are among them.
_plain_tracebacks = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)


def leave_out(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Take tokens and people's words out of the texts of an event, tracebacks and nested values included.

    Words stand in what the database quotes of a refused row, and in the parameters of an address (a search).
    """
    for key, value in event.items():
        if key == "request" and isinstance(value, str):
            value = value.partition("?")[0]
        if not key.startswith("_"):  # what structlog itself carries along
            event[key] = _masked(value)
    return event


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return _without(value)
    if isinstance(value, Mapping):
        return {_masked(key): _masked(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_masked(one) for one in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return _without(str(value))


def _without(text: str) -> str:
    return _TOKEN.sub("[token]", _QUOTED.sub("", text))


def _shared_processors() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]


def _renderers(log_format: str) -> list[Processor]:
    if log_format == "json":
        return [_plain_tracebacks, leave_out, structlog.processors.JSONRenderer()]
    return [structlog.processors.format_exc_info, leave_out, structlog.dev.ConsoleRenderer(colors=False)]


def logging_settings(*, level: str, log_format: str) -> dict[str, Any]:
    """Give Django's LOGGING for a level ("INFO", …) and a format ("json" or "console")."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_renderers(log_format)],
                "foreign_pre_chain": _shared_processors(),
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {"django_structlog": {"level": "WARNING" if log_format == "console" else level}},
    }


def configure(settings: dict[str, Any]) -> None:
    """Apply `logging_settings` to Python's logging and to structlog (Django's LOGGING_CONFIG)."""
    logging.config.dictConfig(settings)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared_processors(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
