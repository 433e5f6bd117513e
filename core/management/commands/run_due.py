"""Do what is due without a queue: planned jobs, waiting and broken-off jobs, the audit chain."""

from typing import Any

from core import audit, jobs, schedule
from core.management.base import DataCommand


class Command(DataCommand):
    help = "Plans what the clock asks for, runs every due job in this process and chains the audit rows."

    def handle(self, *args: Any, **options: Any) -> None:
        planned = schedule.plan()
        ran = jobs.run_due()
        chained = audit.chain()
        self.stdout.write(f"planned {len(planned)}, ran {ran}, chained {chained}")
