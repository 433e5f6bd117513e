from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DepartmentsConfig(AppConfig):
    name = "departments"
    verbose_name = _("Organisation")

    def ready(self) -> None:
        from core import registry
        from departments.permissions import reach_of
        from departments.selectors import frozen_months
        from departments.tables import TABLES
        from departments.webhooks import SEND, send

        for table in TABLES:
            registry.tables.register(table.name, table)
        registry.providers.register("frozen_months", frozen_months)
        registry.providers.register("may", lambda user, act, unit_id: reach_of(user).allows(act, unit_id))
        registry.job_kinds.register(SEND, send)
