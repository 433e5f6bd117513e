from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncentivesConfig(AppConfig):
    name = "incentives"
    verbose_name = _("Incentives")

    def ready(self) -> None:
        from core import registry
        from core.schedule import dailies
        from incentives.jobs import ROLL_UP, roll_up
        from incentives.retention import FORGET_CONTACTS, NIGHTLY_CONTACTS, forget_contacts
        from incentives.selectors.held import SUBJECTS, month_published
        from incentives.selectors.manuscript_routes import scheme_names
        from incentives.selectors.reach_targets import reach_targets
        from incentives.tables import TABLES
        from kpi.selectors.appeals import subjects

        for table in TABLES:
            registry.tables.register(table.name, table)
        registry.job_kinds.register(ROLL_UP, roll_up)
        registry.job_kinds.register(FORGET_CONTACTS, forget_contacts)
        dailies.register(FORGET_CONTACTS, NIGHTLY_CONTACTS)
        registry.providers.register("month_published", month_published)
        registry.providers.register("reach_targets", reach_targets)
        registry.providers.register("scheme_names", scheme_names)
        for kind in SUBJECTS:
            subjects.register(kind.name, kind)
