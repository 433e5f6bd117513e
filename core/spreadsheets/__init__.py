"""Spreadsheet files: checking, reading and writing them.  What a table means is decided elsewhere."""
