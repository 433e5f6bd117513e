import pytest
from tests.core.interchange.workbook import *
@pytest.mark.django_db
def test_x():
    t=complete(); t["baseline_methods"]=[{k:v for k,v in t["baseline_methods"][0].items() if k in ("unit","type","scale","valid_from","method")}]
    print([e.as_dict() for e in load(t).errors])
    assert 0
