"""The permission matrix: every page, every method, every role, every relation to the object it is about.

What should be is written by hand from the specification in ``expectations``; nothing there is read from the
code.  Which pages there are, the URL resolver says: a page without an expectation fails.
"""
