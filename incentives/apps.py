from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncentivesConfig(AppConfig):
    name = "incentives"
    verbose_name = _("Incentives")

    def ready(self) -> None:
        from core import registry
        from incentives.held import SUBJECTS, month_published
        from incentives.jobs import ROLL_UP, roll_up
        from incentives.reach_targets import reach_targets
        from incentives.tables import TABLES
        from kpi.selectors.appeals import subjects

        for table in TABLES:
            registry.tables.register(table.name, table)
        registry.job_kinds.register(ROLL_UP, roll_up)
        registry.providers.register("month_published", month_published)
        registry.providers.register("reach_targets", reach_targets)
        for kind in SUBJECTS:
            subjects.register(kind.name, kind)
