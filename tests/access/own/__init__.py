"""Lines of one's own, each with every way to decide about it: service, page, API, workbook."""

from tests.access.own import money, work
from tests.access.own.line import BOSS, OF_NO_LINE, WALKS

__all__ = ["BOSS", "OF_NO_LINE", "WALKS", "money", "work"]
