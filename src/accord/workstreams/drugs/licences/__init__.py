"""Licences on file, as an authority gives them: read from a table, kept, taken out and put back."""
