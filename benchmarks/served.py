"""The site as gunicorn serves it, on a working day of the measured month: pages show the running month."""

from datetime import UTC, datetime

import time_machine

from benchmarks.organisation import MONTH

#: 10 o'clock in Shanghai on the 20th.
NOW = datetime(MONTH.year, MONTH.number, 20, 2, tzinfo=UTC)
time_machine.travel(NOW, tick=True).start()

from opscenter.wsgi import application  # noqa: E402

__all__ = ["application"]
