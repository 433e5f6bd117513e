from django.apps import AppConfig


class OpsCenterConfig(AppConfig):
    """The composition root: settings, addresses, the shell of the pages."""

    name = "opscenter"

    def ready(self) -> None:
        from core.schedule import dailies
        from opscenter import asset_checks  # noqa: F401 — registers the system check
        from opscenter.example.sheets import register_examples
        from opscenter.schedule import NIGHTLY_ROLL_UP

        dailies.register("nightly_roll_up", NIGHTLY_ROLL_UP)
        register_examples()
