"""The Celery application: wakes workers for job rows and ticks the clock.  Settings: ``CELERY_*``."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opscenter.settings")

app = Celery("opscenter")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "tick": {"task": "core.tick", "schedule": crontab(), "options": {"expires": 55}},
    "chain-audit": {"task": "core.chain_audit", "schedule": crontab(minute=7)},
}
