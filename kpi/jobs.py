"""The job that looks at new log rows for what deserves a second look."""

from django.db import transaction

from core.job_context import JobContext

LOOK_AT_RISKS = "log_risks"


def look_at_risks(context: JobContext) -> None:
    """Mark the rows that nobody marked yet, of all organisations.

    Batch by batch: a mark stands by itself, and a second attempt goes on where the first one ended.
    """
    from kpi.services.risks import risks_look  # the services enqueue this job

    marked = risks_look()
    with transaction.atomic():
        context.finish({"rows": marked})
