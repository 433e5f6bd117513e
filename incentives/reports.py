"""A month's result as plain text, for the command line."""

from typing import Any

from django.utils.translation import gettext as _


def result_table(result: dict[str, Any]) -> str:
    """One short block for each section; ``—`` stands for a figure that is not defined."""
    lines = [result["month"]]

    def block(title: str, rows: list[str]) -> None:
        if rows:
            lines.extend(["", title, *rows])

    block(
        _("Attainment"),
        [
            _line(row["staff_no"], row["rule"], row["credited"], "/", row["target"], row["rate"])
            for row in result["attainment"]
        ],
    )
    block(
        _("Scores"),
        [
            _line(row["staff_no"], row["scheme"], row["total"], row["grade"], row["bonus"]) + _lacking(row)
            for row in result["scores"]
        ],
    )
    block(
        _("Campaigns"),
        [_line(row["code"], row["uplift"]) + _lacking(row) for row in result["campaigns"]],
    )
    for pool in result["pools"]:
        block(
            _("Pool of %(campaign)s: %(amount)s") % pool,
            [
                f"  {role['role']}  {role['nominal']} → {role['after_findings']} → {role['payout']}"
                + _shared(role)
                for role in pool["roles"]
            ]
            + ["  " + _("withheld %(held)s, reserve %(reserve)s") % pool],
        )
    block(
        _("Funds"),
        [
            _line(
                row["scheme"],
                row["fund"],
                row["opening"],
                "+",
                row["in"],
                "−",
                row["out"],
                "=",
                row["closing"],
            )
            for row in result["funds"]
        ],
    )
    if len(lines) == 1:
        lines.append(_("There is nothing for this month."))
    return "\n".join(lines)


def _line(*cells: str | None) -> str:
    return "  " + "  ".join("—" if cell is None else cell for cell in cells)


def _shared(role: dict[str, Any]) -> str:
    """Who gets the role's payout, and how much each."""
    return "".join(f"  {holder['staff_no']} {holder['amount']}" for holder in role["holders"])


def _lacking(row: dict[str, Any]) -> str:
    return "" if row["status"] != "missing" else "  " + _("data missing") + ": " + ", ".join(row["missing"])
