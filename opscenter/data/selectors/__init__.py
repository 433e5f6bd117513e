"""Reads of the data pages: tables by area, the results of imports, what is missing."""
