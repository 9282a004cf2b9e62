"""Telling workers of jobs through the broker, and seeing how much they have been told."""

from celery import Celery
from kombu.connection import Connection
from kombu.exceptions import OperationalError

from bwc.catalog.job import Queue
from bwc.errors import TransientError
from bwc.jobs.sweep import Message
from workers.app import RUN_JOB


class Messenger:
    """One connection to the broker, opened anew after it broke."""

    def __init__(self, app: Celery) -> None:
        """Speak for `app`; nothing is opened yet."""
        self._app = app
        self._connection: Connection = app.connection_for_write()

    def depths(self) -> dict[Queue, int]:
        """How many messages lie in each queue, not counting those a worker holds.

        Raises:
            TransientError: the broker did not answer.
        """
        try:
            return {queue: self._depth(queue) for queue in Queue}
        except self._broken() as error:
            raise self._lost(error) from error

    def send(self, message: Message) -> None:
        """Tell a worker of one job.

        Raises:
            TransientError: the broker did not answer; the sweeper will tell of the job again.
        """
        try:
            self._app.send_task(
                RUN_JOB,
                args=[message.job_id],
                queue=message.queue.value,
                connection=self._connection,
                retry=False,
            )
        except self._broken() as error:
            raise self._lost(error) from error

    def close(self) -> None:
        """Let go of the broker."""
        self._connection.release()

    def _depth(self, queue: Queue) -> int:
        """Messages in one queue; a queue that nobody has made yet holds none."""
        with self._connection.channel() as channel:
            try:
                found = channel.queue_declare(queue=queue.value, passive=True)
            except self._connection.channel_errors:
                return 0
        count: int = found.message_count
        return count

    def _broken(self) -> tuple[type[Exception], ...]:
        """What the transport, or kombu on its behalf, raises when the broker is away."""
        errors: tuple[type[Exception], ...] = self._connection.connection_errors
        return (*errors, OperationalError, OSError)

    def _lost(self, error: Exception) -> TransientError:
        """Give the connection up, so that the next try opens a new one."""
        self._connection.release()
        self._connection = self._app.connection_for_write()
        return TransientError("the broker did not answer", got=type(error).__name__)
