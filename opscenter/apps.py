from django.apps import AppConfig


class OpsCenterConfig(AppConfig):
    """The composition root: settings, addresses, the shell of the pages."""

    name = "opscenter"

    def ready(self) -> None:
        from core.registry import job_kinds
        from core.schedule import dailies
        from opscenter import access_checks, asset_checks  # noqa: F401 — registers the system checks
        from opscenter.dashboards.selectors.jobs import (
            MONTH_COMPARE,
            MONTH_VERIFY,
            REMIND,
            RULE_REPLAY,
            TABLE_EXPORT,
        )
        from opscenter.data.jobs import export_tables
        from opscenter.example.sheets import register_examples
        from opscenter.explain.jobs import month_compare, month_verify
        from opscenter.reminders.jobs import DAILY_REMINDERS, remind
        from opscenter.rules.panels import register_panels
        from opscenter.schedule import NIGHTLY_ROLL_UP
        from opscenter.whatif.jobs import replay_draft

        job_kinds.register(TABLE_EXPORT, export_tables)
        job_kinds.register(REMIND, remind)
        job_kinds.register(RULE_REPLAY, replay_draft)
        job_kinds.register(MONTH_VERIFY, month_verify)
        job_kinds.register(MONTH_COMPARE, month_compare)
        dailies.register("nightly_roll_up", NIGHTLY_ROLL_UP)
        dailies.register("reminders", DAILY_REMINDERS)
        register_examples()
        register_panels()
