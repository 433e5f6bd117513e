"""One schema of tables behind presets, workbooks, templates and exports.

``columns``: what a cell may hold · ``tables``: what a table is · ``problems``: what may be wrong ·
``importer``: rows in, all or nothing · ``exporter``: rows and blank templates out.
"""
