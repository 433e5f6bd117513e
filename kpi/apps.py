from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KpiConfig(AppConfig):
    name = "kpi"
    verbose_name = _("Assessment")

    def ready(self) -> None:
        from core import registry
        from kpi.jobs import LOOK_AT_RISKS, look_at_risks
        from kpi.tables import TABLES

        for table in TABLES:
            registry.tables.register(table.name, table)
        registry.job_kinds.register(LOOK_AT_RISKS, look_at_risks)
