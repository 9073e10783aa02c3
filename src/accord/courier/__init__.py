"""Moves sealed envelopes: outbox, logs, receipts, transports. It knows nothing of what it carries."""
