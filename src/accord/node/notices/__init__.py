"""Notices: what happened that an officer should know of, in the page and, without any content, by e-mail."""
