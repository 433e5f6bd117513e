import itertools, pytest
from tests.reliability.test_races import *
pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
@pytest.mark.parametrize("share",[True,False])
@pytest.mark.parametrize("freezer", [by_service, by_update, by_insert])
def test_count(freezer, share, capsys):
    company = Company()
    body = postgresql.check_function("departments_period", "departments_unit", share=share)
    with connection.cursor() as cursor: cursor.execute(postgresql.create_function("guard_check", body))
    try:
        r=[race(company, m, freezer) for m in itertools.islice(months(), 60)]
    finally:
        body = postgresql.check_function("departments_period", "departments_unit")
        with connection.cursor() as cursor: cursor.execute(postgresql.create_function("guard_check", body))
    with capsys.disabled(): print("\nRESULT", freezer.__name__, "share" if share else "NO share", "leaked rounds", sum(l for l,_ in r), "of", len(r), "partial", sum(0<w<WRITERS*ROWS+20 for _,w in r))
for _n in [n for n in globals() if n.startswith("test_") and n!="test_count"]: del globals()[_n]
