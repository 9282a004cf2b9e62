"""The Celery application: one task, `run_job(job_id)`, and one queue per kind of work.

Celery only wakes a worker; the job row is the truth. So there are no results, no Celery retries
and no chords, and a message may come twice or never.
"""

import socket
import warnings
from collections.abc import Sequence

from celery import Celery, Task
from celery.exceptions import SecurityWarning
from kombu.entity import Queue as MessageQueue

from bwc import logs
from bwc.catalog.beat import Program
from bwc.catalog.job import Queue
from bwc.house import open_house
from bwc.jobs.beats import Process
from bwc.settings import Settings
from workers.beats import beat_with
from workers.run import run_job
from workers.steps import Steps

RUN_JOB = "run_job"
WEEK_MS = 7 * 24 * 3600 * 1000
MESSAGE_QUEUE = {"x-consumer-timeout": WEEK_MS}  # RabbitMQ's 30 minutes close a render's channel
CHILD_START_SECONDS = 60  # Celery's 4 s kill the children of a machine that is busy


def make_app(settings: Settings, steps: Steps) -> Celery:
    """The application of a worker that does `steps`; the sweeper's may be empty."""
    app = Celery("bwc", broker=settings.broker_url)
    app.conf.update(
        accept_content=["json"],
        broker_channel_error_retry=True,
        broker_connection_max_retries=None,
        broker_connection_retry_on_startup=True,
        task_acks_late=True,  # with early ones a worker hoards a message behind a long job
        task_default_queue=Queue.UPKEEP.value,
        task_ignore_result=True,
        task_queues=[MessageQueue(q.value, queue_arguments=MESSAGE_QUEUE) for q in Queue],
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_consumer="workers.consumer:JobConsumer",
        worker_enable_remote_control=False,
        worker_enable_prefetch_count_reduction=False,
        worker_hijack_root_logger=False,
        worker_prefetch_multiplier=1,
        worker_proc_alive_timeout=CHILD_START_SECONDS,
        worker_redirect_stdouts=False,
    )

    def task(self: Task, job_id: str) -> None:
        house = open_house(settings)
        try:
            run_job(house, job_id, steps=steps, worker=self.request.hostname)
        finally:
            house.catalog.close()

    app.task(name=RUN_JOB, bind=True)(task)
    return app


def serve(
    settings: Settings, steps: Steps, *, name: str, queues: Sequence[Queue], concurrency: int
) -> None:
    """Work on `queues` with `concurrency` processes until a signal asks to stop.

    SIGTERM lets running jobs end first. A killed worker's jobs are taken over once their leases
    have run out.
    """
    logs.set_up(settings.log_format, settings.log_level)
    # It fears pickled messages; ours are JSON, and who may be root is for the machine to say.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    app = make_app(settings, steps)
    hostname = f"{name}@{socket.gethostname()}"
    beat_with(app, settings, Process(hostname, Program.WORKER, tuple(queues)))
    app.worker_main(
        [
            "--quiet",
            "worker",
            f"--hostname={hostname}",
            f"--queues={','.join(queue.value for queue in queues)}",
            f"--concurrency={concurrency}",
            f"--loglevel={settings.log_level}",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
        ]
    )
