"""What the clock asks for: jobs of every day, each enqueued once however many clocks tick.

``plan`` is called every minute by beat and by ``manage.py run_due``.  It looks at the newest moment that has
passed, not at the tick, so a clock that stood still for hours catches up with one job.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from core.registry import Registry, job_kinds

dailies: "Registry[Daily]" = Registry("daily job")


@dataclass(frozen=True)
class Daily:
    """A kind of job for each day, due at ``at`` (local time); ``ask`` gives its arguments and its key."""

    kind: str
    at: time
    ask: Callable[[date], tuple[dict[str, Any], str]]

    def day(self, now: datetime) -> date:
        """The newest day whose moment has come."""
        local = timezone.localtime(now)
        return local.date() if local.time() >= self.at else local.date() - timedelta(days=1)


def plan(now: datetime | None = None) -> list[Any]:
    """Enqueue what is due; the jobs of the newest due day, new or already known."""
    from core import jobs  # registering a daily job must not load the models

    planned = []
    for daily in dailies.values():
        if daily.kind in job_kinds:
            arguments, key = daily.ask(daily.day(now or timezone.now()))
            planned.append(jobs.enqueue(daily.kind, arguments=arguments, dedupe_key=key, once=True))
    return planned
