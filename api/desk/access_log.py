"""The server's access log without secrets: the address of a calendar is one, and that of a link."""

import logging
import re
from typing import Final

from typing_extensions import override

SECRET: Final = re.compile(r"(/(?:calendar|shared)/)[^/?\s]+")


class WithoutSecrets(logging.Filter):
    """Writes `/calendar/...` or `/shared/...` in place of an address that opens something."""

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        """Let every line through, its arguments masked."""
        if isinstance(record.args, tuple):
            record.args = tuple(
                SECRET.sub(r"\1...", argument) if isinstance(argument, str) else argument
                for argument in record.args
            )
        return True


def mask_access_log() -> None:
    """Keep secrets out of uvicorn's access log in this process; doing it twice is doing it once."""
    log = logging.getLogger("uvicorn.access")
    if not any(isinstance(one, WithoutSecrets) for one in log.filters):
        log.addFilter(WithoutSecrets())
