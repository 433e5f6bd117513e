from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncentivesConfig(AppConfig):
    name = "incentives"
    verbose_name = _("Incentives")

    def ready(self) -> None:
        from core import registry
        from incentives.jobs import ROLL_UP, roll_up
        from incentives.tables import TABLES

        for table in TABLES:
            registry.tables.register(table.name, table)
        registry.job_kinds.register(ROLL_UP, roll_up)
