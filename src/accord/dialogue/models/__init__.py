"""Tables of the dialogue app."""
