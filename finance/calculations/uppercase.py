"""Amounts of money in Chinese capital numerals (人民币大写), as on bills and settlement vouchers.

Rule: domain.md §1.4, after the basic rules for filling in bills and settlement vouchers.
"""

from decimal import Decimal

from core.money import fraction

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
# Largest first; within 亿 and 万 the same words are used again.
_UNITS = ((10**8, "亿"), (10**4, "万"), (10**3, "仟"), (10**2, "佰"), (10, "拾"))
_LIMIT = 10**16


def rmb_uppercase(amount: Decimal) -> str:
    """``1680.32`` → ``人民币壹仟陆佰捌拾元零叁角贰分``.

    A whole number of yuan ends in 整; after 角 and 分 it is left out.  Zeros in a row read as one 零; a 零
    also stands between 元 and 角 when the last digit of the yuan is 0.
    Raises ``ValueError`` below zero, from 10^16 on, or with less than 分, and ``TypeError`` for a float.
    """
    exact = fraction(amount) * 100
    if exact < 0 or exact.denominator != 1 or exact >= _LIMIT * 100:
        raise ValueError(
            f"{amount} cannot be written in capital numerals: whole 分 from 0 to below 10^16 yuan"
        )
    yuan, fen = divmod(int(exact), 100)
    jiao, fen = divmod(fen, 10)
    if not (jiao or fen):
        return f"人民币{_words(yuan)}元整"
    text = f"{_words(yuan)}元" if yuan else ""
    if yuan and (jiao == 0 or yuan % 10 == 0):
        text += "零"
    if jiao:
        text += f"{_DIGITS[jiao]}角"
    if fen:
        text += f"{_DIGITS[fen]}分"
    return f"人民币{text}"


def _words(number: int) -> str:
    """A whole number; a 零 marks every place that is skipped between two units."""
    for base, unit in _UNITS:
        if number >= base:
            high, low = divmod(number, base)
            gap = "零" if 0 < low < base // 10 else ""
            return _words(high) + unit + gap + (_words(low) if low else "")
    return _DIGITS[number]
