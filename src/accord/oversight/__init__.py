"""Oversight: decision records and acts as a reviewer of this side reads them."""
