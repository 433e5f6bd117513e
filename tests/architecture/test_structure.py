"""The code keeps the shape that the architecture names; each rule is shown to catch a planted breach."""

from pathlib import Path, PurePosixPath

import pytest

from tests.architecture.rules import APPS, MAX_LINES, RULES, Rule

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (*APPS, "templates", "static", "locale", "presets", "tests", "benchmarks")
# (rule, path) → why this file may break this rule.
EXEMPT: dict[tuple[str, str], str] = {
    ("code never declares text safe", "core/form_drawing.py"): (
        "draws options without a template each; every part is escaped, as its test shows"
    ),
    ("code never declares text safe", "core/templatetags/rows.py"): (
        "draws rows without a template each; every part is escaped, as its test shows"
    ),
}

# rule → a path it concerns, a breach there, and its like that is fine.
PLANTED: dict[str, tuple[str, str, str]] = {
    "a file has one short purpose": ("kpi/services.py", "x = 1\n" * (MAX_LINES + 1), "x = 1\n" * MAX_LINES),
    "a module is named after its content": ("kpi/date_utils.py", "", ""),
    "a calculation imports only what is pure": (
        "kpi/calculations/scores.py",
        "from kpi.models import Score\n",
        "from decimal import Decimal\n\nfrom core.money import ratio\nfrom kpi.calculations import grades\n",
    ),
    "a calculation reads no clock": (
        "kpi/calculations/scores.py",
        "import datetime\nx = datetime.date.today()\n",
        "import datetime\nx = datetime.date(2018, 11, 3)\n",
    ),
    "money is never a binary fraction": (
        "core/money.py",
        "x = round(amount * 0.1)\n",
        "x = amount * 1 // 10\n",
    ),
    "no column holds a binary fraction": (
        "finance/models/funds.py",
        "amount = models.FloatField()\n",
        "amount = MoneyField()\n",
    ),
    "a job is published after commit, by core.jobs": (
        "kpi/services.py",
        "roll_up_task.delay(1)\n",
        "job_request(kind='roll_up')\n",
    ),
    "code knows no organisation": (
        "kpi/views.py",
        "if slug == 'Haitang': ...\n",
        "accidental = transcendental = 1\n",
    ),
    "a form or serializer names its fields": ("kpi/forms.py", "fields = '__all__'\n", "fields = ['date']\n"),
    "code never declares text safe": (
        "kpi/templatetags/kpi.py",
        "from django.utils import safestring\nx = safestring.mark_safe(text)\n",
        "x = format_html('{}', text)\n",
    ),
    "a template escapes everything": ("templates/kpi/x.html", "{{ name | safe }}", "{{ name }} is safe"),
    "views, API and tasks hand on to selectors and services": (
        "kpi/api/views.py",
        "rows = Log.objects.all()\n",
        "rows = log_list(actor=request.user)\n",
    ),
}


def _files() -> list[PurePosixPath]:
    found = [PurePosixPath("manage.py")]
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                found.append(PurePosixPath(path.relative_to(ROOT).as_posix()))
    return found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_code_keeps_the_rule(rule: Rule) -> None:
    findings = []
    for path in _files():
        if rule.concerns(path) and (rule.name, path.as_posix()) not in EXEMPT:
            text = (ROOT / path).read_text(encoding="utf-8")
            findings += [f"{path}:{finding}" for finding in rule.check(path, text)]

    assert not findings, "\n" + "\n".join(findings)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_planted_breach_is_caught(rule: Rule) -> None:
    name, breach, fine = PLANTED[rule.name]
    path = PurePosixPath(name)

    assert rule.concerns(path)
    assert list(rule.check(path, breach)) != []
    if breach != fine:
        assert list(rule.check(path, fine)) == []


def test_exemptions_are_needed_and_reasoned() -> None:
    by_name = {rule.name: rule for rule in RULES}
    for (name, path), reason in EXEMPT.items():
        text = (ROOT / path).read_text(encoding="utf-8")
        assert list(by_name[name].check(PurePosixPath(path), text)), f"{path} keeps the rule: {name}"
        assert len(reason.split()) >= 4
