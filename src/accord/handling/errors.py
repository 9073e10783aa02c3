"""What can stop a use or a permission, besides the law."""

from accord.errors import OfficerCanMend

__all__ = ["PermissionActRefused", "UseRefused"]


class UseRefused(OfficerCanMend):
    """What is to be done with an item is not said so that the gate could be asked."""

    code = "handling.use-refused"
    default_next_step = "Say what is to be done with it, for whom and for which purpose."
    http_status = 422


class PermissionActRefused(OfficerCanMend):
    """A permission cannot be asked for, or answered, so."""

    code = "handling.permission-refused"
    default_next_step = "Look at the item and at what was asked, then decide again."
    http_status = 409
