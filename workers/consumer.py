"""Celery's consumer, with one thing mended: a broker that went away is always noticed.

When Redis or Valkey is restarted while a job runs, the acknowledgement of that job fails. Celery
logs it and goes on (kombu `Message.ack_log_error`), but the message then fills the prefetch window
for ever, and the worker asks for nothing more until it is restarted. Here a failed acknowledgement
counts as what it is, a lost connection, and Celery connects anew.
"""

from collections.abc import Callable

from celery.worker.consumer import Consumer
from kombu.message import Message
from typing_extensions import override


class JobConsumer(Consumer):  # type: ignore[misc] # Celery ships no types
    """Takes messages from the broker and hands them to the pool."""

    @override
    def call_soon_ack(self, p: Callable[..., None], *args: object, **kwargs: object) -> object:
        """Run `p`, the bound method that acknowledges a message, in the next turn of the loop."""
        message: Message = p.__self__  # type: ignore[attr-defined] # always a bound method

        def acknowledge() -> None:
            p(*args, **kwargs)
            if not message.acknowledged and _is_believed_open(message):
                raise ConnectionError("a message could not be acknowledged")

        return self.hub.call_soon(acknowledge)


def _is_believed_open(message: Message) -> bool:
    """Whether its channel thinks it is open; AMQP channels know better and are left alone."""
    return not getattr(message.channel, "closed", True)
