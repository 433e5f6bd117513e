from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("System")

    def ready(self) -> None:
        from core.api import schema  # noqa: F401 — registers how programs sign in
        from core.guards import triggers
        from core.idempotency import EXPIRE, NIGHTLY_EXPIRY, expire
        from core.interchange.jobs import IMPORT, import_workbook
        from core.registry import job_kinds
        from core.schedule import dailies

        job_kinds.register(IMPORT, import_workbook)
        job_kinds.register(EXPIRE, expire)
        dailies.register(EXPIRE, NIGHTLY_EXPIRY)

        # With core as sender they run once for each migrate, not once for each app.
        pre_migrate.connect(triggers.before_migrate, sender=self, dispatch_uid="core.guards")
        post_migrate.connect(triggers.after_migrate, sender=self, dispatch_uid="core.guards")
        register(triggers.check_guards, Tags.database)
