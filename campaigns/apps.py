from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    name = "campaigns"
    verbose_name = _("Campaigns")

    def ready(self) -> None:
        from campaigns.exports.jobs import PLATFORM_EXPORT, import_export
        from campaigns.tables import TABLES
        from core import registry

        for table in TABLES:
            registry.tables.register(table.name, table)
        registry.job_kinds.register(PLATFORM_EXPORT, import_export)
