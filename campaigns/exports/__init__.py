"""What platforms hand out about articles: recognised by content, turned into rows of the tables.

``headers.json``: their headings as data · ``headings``: which layout a file has · ``values``: their dates and
numbers · ``conversion``: rows of ``articles`` and ``article_readings`` · ``jobs``: checked, then accepted.
Rule: KQ-14, domain.md §3.3.
"""
