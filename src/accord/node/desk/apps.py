"""The desk as a Django app."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate

__all__ = ["DeskConfig"]


class DeskConfig(AppConfig):
    """Pages, templates and texts of the desk."""

    name = "accord.node.desk"
    label = "desk"

    def ready(self) -> None:
        """Listens for sign-ins and changed factors, and takes over factors that an older version kept in clear."""
        from accord.node.desk import sign_in  # noqa: F401, PLC0415 - its receivers register themselves
        from accord.node.desk.factors import encrypt_stored  # noqa: PLC0415 - models are loaded only now

        post_migrate.connect(encrypt_stored, sender=apps.get_app_config("mfa"), dispatch_uid="desk-factors")
