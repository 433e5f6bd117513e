"""A second, independent computation of a month, written from the specification only.

It imports nothing of the product. Plain loops over rows and `fractions.Fraction`; clarity before speed.
`month.month(tables, "2018-11")` gives the JSON object that `manage.py roll_up --format json` prints.
"""
