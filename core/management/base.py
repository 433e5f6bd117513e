"""What commands that read and write the tables have in common."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _


class DataCommand(BaseCommand):
    """A command that needs its tables: where one is missing it says what to run first."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except DatabaseError as error:
            if not _up_to_date():
                raise CommandError(
                    _("The database lacks tables of this version; run “manage.py migrate” first.")
                ) from error
            raise


def _up_to_date() -> bool:
    """Whether every migration has been applied; yes, where the database cannot be asked at all."""
    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return True
