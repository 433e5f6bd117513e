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
            f"  {row['staff_no']}  {row['rule']}  {_shown(row['credited'])} / {_shown(row['target'])}  {_shown(row['rate'])}"
            for row in result["attainment"]
        ],
    )
    block(
        _("Scores"),
        [
            f"  {row['staff_no']}  {row['scheme']}  {_shown(row['total'])}  {_shown(row['grade'])}  {_shown(row['bonus'])}"
            + _lacking(row)
            for row in result["scores"]
        ],
    )
    block(
        _("Campaigns"),
        [f"  {row['code']}  {_shown(row['uplift'])}" + _lacking(row) for row in result["campaigns"]],
    )
    for pool in result["pools"]:
        block(
            _("Pool of %(campaign)s: %(amount)s") % pool,
            [
                f"  {role['role']}  {role['nominal']} → {role['after_findings']} → {role['payout']}"
                for role in pool["roles"]
            ],
        )
    block(
        _("Funds"),
        [
            f"  {row['scheme']}  {row['fund']}  {row['opening']} + {row['in']} − {row['out']} = {row['closing']}"
            for row in result["funds"]
        ],
    )
    return "\n".join(lines)


def _shown(value: str | None) -> str:
    return "—" if value is None else value


def _lacking(row: dict[str, Any]) -> str:
    return "" if row["status"] != "missing" else "  " + _("data missing") + ": " + ", ".join(row["missing"])
