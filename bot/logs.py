"""How the processes log: one line for each event, to standard error."""

import logging
import sys

import structlog

from bot.settings import LogLevel


def set_up_logging(level: LogLevel) -> None:
    """Send our events and those of libraries the same way, from `level` on."""
    number = logging.getLevelNamesMapping()[level.name]
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    on_terminal = sys.stderr.isatty()
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer()
        if on_terminal
        else structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"])
    )
    last: list[structlog.typing.Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta
    ]
    if not on_terminal:
        last.append(structlog.processors.format_exc_info)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[*last, renderer])
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(number)
    if level is not LogLevel.DEBUG:
        # That a tick was left out because the one before it took its time is no news.
        logging.getLogger("apscheduler").setLevel(max(number, logging.ERROR))
        for chatty in ("alembic", "slack_bolt", "slack_sdk", "asyncio"):
            logging.getLogger(chatty).setLevel(max(number, logging.WARNING))
