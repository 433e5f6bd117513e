"""What a worker is woken for; each hands on at once and may be called twice."""

from celery import shared_task

from core import audit, jobs, schedule


@shared_task(name="core.run_job")
def run_job(job_id: int) -> None:
    """Do one job.  The message carries its number only: what to do stands in the row."""
    jobs.run(job_id)


@shared_task(name="core.tick")
def tick() -> None:
    """Every minute: plan what the clock asks for, wake what was left."""
    schedule.plan()
    jobs.sweep()


@shared_task(name="core.chain_audit")
def chain_audit() -> None:
    """Every hour: hash the audit rows that wait."""
    audit.chain()
