"""The API for national case systems: one typed door to the services of the rooms below, under ``/api/v1/``."""
