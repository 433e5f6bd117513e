"""Writes tables as the product imports them: a workbook, or a folder of CSV files."""

from __future__ import annotations

import csv
from pathlib import Path

from openpyxl import Workbook

from .rows import Row, Tables


def columns_of(rows: list[Row]) -> list[str]:
    """Every column that some row has, in the order met."""
    return list(dict.fromkeys(column for row in rows for column in row))


def write_workbook(tables: Tables, path: str | Path) -> None:
    """One sheet a table, English names, every value a text cell; tables without rows are left out."""
    book = Workbook(write_only=True)
    for table, rows in tables.items():
        if not rows:
            continue
        sheet = book.create_sheet(table)
        columns = columns_of(rows)
        sheet.append(columns)
        for row in rows:
            sheet.append([None if row.get(column) in (None, "") else str(row[column]) for column in columns])
    book.save(path)


def write_csv_folder(tables: Tables, folder: str | Path) -> None:
    """One UTF-8 file `<table>.csv` a table; tables without rows are left out."""
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    for table, rows in tables.items():
        if not rows:
            continue
        with (target / f"{table}.csv").open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, columns_of(rows), restval="")
            writer.writeheader()
            writer.writerows(rows)
