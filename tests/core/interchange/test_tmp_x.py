import pytest
from tests.core.interchange.workbook import *
from tests.core.interchange.test_references import unit
@pytest.mark.django_db
def test_x():
    needed={c.name for c in registry.tables["baseline_methods"].columns if c.required}
    t=complete(); t["baseline_methods"]=[{k:v for k,v in t["baseline_methods"][0].items() if k in needed}]
    print("A", needed, [e.as_dict() for e in load(t).errors])
@pytest.mark.django_db
def test_y():
    load({"units": [
        unit("r"), unit("x", "r"), unit("y", "r"), unit("a", "x", valid_from="2018-01-01", name="旧"),
    ]})  # fmt: skip
    later = [unit("a", "y", valid_from="2018-11-01", name="新")]
    load({"units": later})
    r=load({"units": [unit("a", "x", valid_from="2018-01-01", name="旧")]})
    from departments.models import UnitPlacement
    print("B", [e.as_dict() for e in r.errors], r.counts, list(UnitPlacement.objects.values_list()))
    assert 0
