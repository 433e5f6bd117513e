"""The job that looks at new log rows for what deserves a second look."""

from core.job_context import JobContext

LOOK_AT_RISKS = "log_risks"


def look_at_risks(context: JobContext) -> None:
    """Mark the rows that nobody marked yet, of all organisations."""
    from kpi.services.risks import risks_look  # the services enqueue this job

    context.finish({"rows": risks_look()})
