"""The officers' desk: server-rendered pages over the services that the API uses, and nothing of its own to decide."""
