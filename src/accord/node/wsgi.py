"""The WSGI application of the API and the desk (the channel has its own, in ``accord.courier.transport``)."""

import os

from django.core.wsgi import get_wsgi_application

__all__ = ["application"]

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accord.node.settings")

application = get_wsgi_application()
