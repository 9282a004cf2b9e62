"""`python -m workers`: one worker. Without options it takes every queue."""

import argparse

from bwc.catalog.job import Queue
from bwc.settings import load_settings
from workers.app import serve
from workers.steps import STEPS, Steps


def main(steps: Steps) -> None:
    """Read the options and do `steps` until a signal asks to stop."""
    parser = argparse.ArgumentParser(prog="python -m workers", description=__doc__)
    parser.add_argument("--name", default="worker", help="as jobs will show it")
    parser.add_argument("--concurrency", type=int, help="jobs at once; default: by the settings")
    parser.add_argument("--queues", nargs="+", type=Queue, choices=list(Queue), default=list(Queue))
    options = parser.parse_args()
    settings = load_settings()
    serve(
        settings,
        steps,
        name=options.name,
        queues=options.queues,
        concurrency=options.concurrency or settings.jobs.concurrency,
    )


if __name__ == "__main__":
    main(STEPS)
