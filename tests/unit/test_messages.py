"""A broker that goes away while it is spoken to is a passing failure, whichever error says so."""

import pytest
from celery import Celery
from kombu.exceptions import OperationalError

from bwc.catalog.job import Queue
from bwc.errors import TransientError
from bwc.jobs.sweep import Message
from workers.messages import Messenger


@pytest.mark.parametrize(
    "error", [OperationalError("connection reset by peer"), ConnectionResetError("by peer")]
)
def test_a_message_that_breaks_off_is_told_again_and_ends_no_sweeper(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    app = Celery(broker="memory://")

    def breaks_off(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(app, "send_task", breaks_off)
    messenger = Messenger(app)
    with pytest.raises(TransientError, match="the broker did not answer"):
        messenger.send(Message("a-job", next(iter(Queue))))
    messenger.close()
