"""What the pages of a month read; every row comes through ``visible_to``."""
