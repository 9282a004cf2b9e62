"""Which code does which kind of job. A step's module is loaded when its first job comes.

A worker of the release queue therefore never loads a codec or a detector.
"""

import importlib
from collections.abc import Callable, Mapping
from typing import TypeAlias, cast

from bwc.jobs.kinds import JobKind
from workers.context import StepContext

Step: TypeAlias = Callable[[StepContext], None]
Steps: TypeAlias = Mapping[JobKind, Step]


def _late(room: str, name: str) -> Step:
    """The step `name` of `workers/steps/<room>.py`, loaded when it is first run."""

    def step(context: StepContext) -> None:
        module = importlib.import_module(f"workers.steps.{room}")
        cast("Step", getattr(module, name))(context)

    return step


STEPS: Steps = {
    JobKind.DERIVE: _late("intake", "derive"),
    JobKind.CHECK_FIXITY: _late("intake", "check_fixity"),
    JobKind.MATCH: _late("intake", "match"),
    JobKind.ANALYSE: _late("redaction", "analyse"),
    JobKind.CARRY: _late("redaction", "carry"),
    JobKind.RENDER: _late("redaction", "render"),
    JobKind.ANALYSE_PART: _late("sharing", "analyse_part"),
    JobKind.RENDER_PART: _late("sharing", "render_part"),
    JobKind.DECIDE: _late("release", "decide"),
    JobKind.TAKE_EFFECT: _late("release", "take_effect"),
    JobKind.PUBLISH: _late("release", "publish"),
    JobKind.WITHDRAW: _late("release", "withdraw"),
    JobKind.MARK: _late("links", "mark"),
    JobKind.TIDY_LINKS: _late("links", "tidy_links"),
    JobKind.DISPOSE: _late("retention", "dispose"),
    JobKind.TAKE_INBOX: _late("requests", "take_inbox"),
    JobKind.REFRESH_COVERAGE: _late("coverage", "refresh_coverage"),
    JobKind.SUM_COVERAGE: _late("coverage", "sum_coverage"),
    JobKind.TIDY_SPOOL: _late("intake", "tidy_spool"),
    JobKind.VERIFY_CUSTODY: _late("custody", "verify_custody"),
    JobKind.PUBLISH_LOG: _late("release", "publish_log"),
}
