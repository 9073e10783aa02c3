"""The Django project: configuration, settings, listeners, base addresses, and the API."""
