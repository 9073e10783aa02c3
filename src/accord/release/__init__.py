"""The one road out, and the one gate at use.

Everything that leaves this node leaves through :func:`accord.release.services.release`; everything that arrives is
opened, judged and filed by :func:`accord.release.intake.take_in`. No other room may touch the outbox.
"""
