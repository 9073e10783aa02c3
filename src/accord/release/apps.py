"""Django configuration of the release app."""

from django.apps import AppConfig

__all__ = ["ReleaseConfig"]


class ReleaseConfig(AppConfig):
    """Release: decisions, approvals, what left and what arrived."""

    name = "accord.release"
    label = "release"
    verbose_name = "Release"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Registers the two kinds that serve the channel itself: dispositions and keysets."""
        from accord.release.dispositions import DISPOSITION  # noqa: PLC0415 - models are ready only now
        from accord.release.keysets import KEYSET, KEYSET_FOLLOWER  # noqa: PLC0415
        from accord.release.registry import follow, register  # noqa: PLC0415

        register(DISPOSITION)
        register(KEYSET)
        follow("keysets", KEYSET_FOLLOWER)
