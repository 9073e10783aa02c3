"""Shipped party profiles, one TOML file a state; data only."""
