"""Convert cells as people write them into values for validation. A cell that is not understood is returned as it is,
and the validation refuses it with a remedy.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from data.records import Column, Kind
from data.sources.models import KNOWN_AT
from data.sources.multi_value import MULTI_VALUE_COLUMNS, multi_value
from data.sources.units import conversion, fits

_PLAIN_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_WITH_UNIT: Final = re.compile(r"([+-]?[\d.,' ]*\d)\s*(?!e[+-]?\d)([a-zμ°℃℉%‰\u4e00-\u9fff][\w%° ]*\.?)", re.IGNORECASE)
_POINT_IN_THOUSANDS: Final = re.compile(r"[+-]?\d{1,3}([, ']\d{3})+(\.\d+)?")
_COMMA_IN_THOUSANDS: Final = re.compile(r"[+-]?\d{1,3}([. ']\d{3})+(,\d+)?")
_COMMA_DECIMAL: Final = re.compile(r"[+-]?\d+,\d+([eE][+-]?\d+)?")
# Numbers that determine the decimal mark of a file: a part of them cannot be a group of thousands.
_IMPLIES_POINT: Final = re.compile(
    r"[+-]?(\d+\.(\d{1,2}|\d{4,})|\d{1,3}(,\d{3})+\.\d+|\d{1,3}(,\d{3}){2,}|0\.\d+|\d{4,}\.\d+|\d+\.\d+[eE][+-]?\d+)"
)
_IMPLIES_COMMA: Final = re.compile(
    r"[+-]?(\d+,(\d{1,2}|\d{4,})|\d{1,3}(\.\d{3})+,\d+|\d{1,3}(\.\d{3}){2,}|0,\d+|\d{4,},\d+|\d+,\d+[eE][+-]?\d+)"
)

_ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})?")
_CHINESE_DATE: Final = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日?\s*(.*)")
_YEAR_FIRST: Final = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})(?:[T ]\s*(.*))?")
_YEAR_LAST: Final = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})(?:[T ]\s*(.*))?")
_DIGITS: Final = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?)?")
_CLOCK: Final = re.compile(
    r"(\d{1,2})[:时點点](\d{1,2})(?:[:分](\d{1,2})?(\.\d+)?秒?)?\s*(Z|[+-]\d{2}:?\d{2})?", re.IGNORECASE
)
_DAY_ONE: Final = datetime(1899, 12, 30)
_LAST_SERIAL: Final = 73_050.0

_CLASS: Final = re.compile(
    r"(?:第|class\s*|div(?:ision)?\.?\s*|imo\s*)?([1-9](?:\.[1-6])?[a-z]?)\s*(?:类|類|项|項)?", re.IGNORECASE
)


def plain(text: str) -> str:
    """Text for comparison: width and case folded, punctuation as single spaces."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.sub(r"[\W_]+", " ", folded).split())


@cache
def words() -> dict[str, dict[str, str]]:
    """Codes by column and by word in plain form: words of the vocabulary and of words.csv."""
    from data.records import DECLARATION_COLUMNS, INSPECTION_COLUMNS, NOTICE_COLUMNS, STATEMENT_COLUMNS
    from data.vocabulary import Finding

    found: dict[str, dict[str, str]] = {}
    vocabularies = {
        column.name: column.vocabulary
        for columns in (DECLARATION_COLUMNS, STATEMENT_COLUMNS, NOTICE_COLUMNS, INSPECTION_COLUMNS)
        for column in columns
        if column.vocabulary
    } | {"findings": Finding}
    for name, vocabulary in vocabularies.items():
        for member in vocabulary:
            for word in (member.value, member.word("en"), member.word("zh")):
                found.setdefault(name, {})[plain(word)] = member.value
    path = Path(__file__).with_name("words.csv")
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for word in row["words"].split("|"):
                found.setdefault(row["column"], {}).setdefault(plain(word), row["code"])
    return found


@dataclass
class Reader:
    """Reads the cells of one column, given its unit, the decimal mark of the file, and the order of days and months.

    `time_zone` is that of instants without an offset; None: UTC. `day_first` is None where the order is unknown.
    """

    column: Column
    decimal: str | None = "."
    unit: str | None = None
    day_first: bool | None = None
    time_zone: str | None = None
    values: dict[str, str] = field(default_factory=dict)
    serial_dates: bool = False

    def __call__(self, cell: Any) -> Any:
        """The value of a cell for validation."""
        if isinstance(cell, str):
            return self._text(cell)
        if isinstance(cell, bool) or cell is None:
            return cell
        if isinstance(cell, (int, float)):
            return self._number_cell(cell)
        if isinstance(cell, datetime) and self.column.kind is Kind.INSTANT:
            return cell if cell.tzinfo else self._placed(cell)
        if isinstance(cell, date) and self.column.kind in (Kind.INSTANT, Kind.DATE):
            return self._day(cell.date() if isinstance(cell, datetime) else cell)
        return cell

    def _text(self, cell: str) -> Any:
        kind = self.column.kind
        if self.values and (meant := self.values.get(cell.strip())) is not None:
            return meant
        if kind is Kind.INSTANT and self.time_zone is None and _ISO.fullmatch(cell):
            return cell
        if kind is Kind.TEXT:
            return self._code_text(cell)
        written = unicodedata.normalize("NFKC", cell).strip()
        if kind in (Kind.NUMBER, Kind.INTEGER):
            return self._number(written, cell)
        if kind in (Kind.INSTANT, Kind.DATE):
            return self._instant(written, cell)
        if kind is Kind.CODE:
            return words().get(self.column.name, {}).get(plain(written), cell)
        return _FLAGS.get(written.casefold(), cell)

    def _code_text(self, cell: str) -> str:
        name = self.column.name
        if name in MULTI_VALUE_COLUMNS:
            return multi_value(name, cell, lambda part: words()["packing_group"].get(plain(part)))
        if name == "packing_group":
            return words()["packing_group"].get(plain(cell), unicodedata.normalize("NFKC", cell))
        if name == "hazard_class":
            found = _CLASS.fullmatch(unicodedata.normalize("NFKC", cell).strip())
            return found[1].upper() if found else cell
        if name == "findings":
            codes = (part for part in re.split(r"[;；,，、|/]", cell) if part.strip())
            return ";".join(words()["findings"].get(plain(part), part) for part in codes)
        if self.column.pattern:
            return unicodedata.normalize("NFKC", cell)
        return cell

    def _number_cell(self, cell: float) -> Any:
        """The value of a number in a spreadsheet: identifiers without decimals, dates as serial numbers."""
        kind = self.column.kind
        whole = isinstance(cell, int) or (cell == cell and abs(cell) < 1e15 and cell == int(cell))
        if kind is Kind.TEXT:
            return _as_identifier(self.column.name, int(cell)) if whole else cell
        if kind in (Kind.INSTANT, Kind.DATE) and self.serial_dates and 0 < cell < _LAST_SERIAL:
            moment = _DAY_ONE + timedelta(seconds=round(cell * 86_400))
            return self._day(moment.date()) if kind is Kind.DATE or cell == int(cell) else self._placed(moment)
        if kind in (Kind.INSTANT, Kind.DATE) and whole:
            return self._instant(str(int(cell)), cell)
        if kind in (Kind.NUMBER, Kind.INTEGER) and conversion(self.unit, self.column.name):
            return self._converted(float(cell), self.unit)
        return int(cell) if kind is Kind.INTEGER and whole else cell

    def _number(self, written: str, cell: str) -> Any:
        unit = self.unit
        if not _PLAIN_NUMBER.fullmatch(written) and (found := _WITH_UNIT.fullmatch(written)):
            own = found[2].rstrip(".")
            if not fits(own, self.column.name):
                return cell
            written, unit = found[1], own
        digits = self._digits(written)
        if digits is None:
            return cell
        return self._converted(float(digits), unit) if conversion(unit, self.column.name) else digits

    def _digits(self, written: str) -> str | None:
        """The number with a decimal point and without separators; None when it is ambiguous."""
        if self.decimal == ",":
            if _COMMA_IN_THOUSANDS.fullmatch(written):
                return re.sub(r"[. ']", "", written).replace(",", ".")
            if _COMMA_DECIMAL.fullmatch(written):
                return written.replace(",", ".")
            return written if _PLAIN_NUMBER.fullmatch(written) else None
        if _PLAIN_NUMBER.fullmatch(written):
            return written
        if self.decimal == "." and _POINT_IN_THOUSANDS.fullmatch(written):
            return re.sub(r"[, ']", "", written)
        return None

    def _converted(self, value: float, unit: str | None) -> float:
        convert = conversion(unit, self.column.name)
        return convert(value) if convert else value

    def _instant(self, written: str, cell: Any) -> Any:
        parts = _moment(written, self.day_first)
        if parts is None:
            return cell
        day, clock = parts
        if clock is None or self.column.kind is Kind.DATE:
            return self._day(day)
        moment = datetime.combine(day, clock)
        return moment if moment.tzinfo else self._placed(moment)

    def _day(self, day: date) -> date:
        """A day; for a column of instants with a time zone, its beginning there, or its end for KNOWN_AT columns."""
        if self.column.kind is Kind.DATE or not self.time_zone:
            return day
        return self._placed(datetime.combine(day, time.max if self.column.name in KNOWN_AT else time()))

    def _placed(self, moment: datetime) -> datetime:
        return moment.replace(tzinfo=ZoneInfo(self.time_zone)) if self.time_zone else moment


_FLAGS: Final = {
    **dict.fromkeys(("有", "√", "✓", "✔", "对", "属于"), True),
    **dict.fromkeys(("无", "×", "✗", "不是", "不属于"), False),
}


def _as_identifier(name: str, number: int) -> str:
    """Restore leading zeros that a spreadsheet removed: UN numbers have four digits, tariff codes an even number."""
    if name.endswith("un_no"):
        return f"{number:04d}"
    digits = str(number)
    return digits.zfill(len(digits) + len(digits) % 2) if name == "hs_code" else digits


def _moment(written: str, day_first: bool | None) -> tuple[date, time | None] | None:
    """A day, and a time of day if one is given; None when it is invalid or ambiguous."""
    if found := _CHINESE_DATE.fullmatch(written) or _YEAR_FIRST.fullmatch(written):
        year, month, day, clock = found.groups()
    elif (found := _YEAR_LAST.fullmatch(written)) and day_first is not None:
        first, second, year, clock = found.groups()
        day, month = (first, second) if day_first else (second, first)
    elif found := _DIGITS.fullmatch(written):
        year, month, day, hour, minute, second = found.groups()
        clock = f"{hour}:{minute}:{second or '00'}" if hour else ""
    else:
        return None
    try:
        return date(int(year), int(month), int(day)), _clock(clock)
    except ValueError:
        return None


def _clock(written: str | None) -> time | None:
    """A time of day; None for an empty text. Raises ValueError when it is invalid."""
    if not written:
        return None
    found = _CLOCK.fullmatch(written.strip())
    if found is None:
        raise ValueError(written)
    hour, minute, second, fraction, offset = found.groups()
    text = f"{int(hour):02d}:{int(minute):02d}:{int(second or 0):02d}{(fraction or '')[:7]}"
    return time.fromisoformat(text + (offset or "").upper())


def decimal_mark(cells: Iterable[str]) -> str | None:
    """The decimal mark of the numbers in a file: "." (also when they contain neither decimals nor commas), ","
    or None when they contradict each other or a comma is ambiguous."""
    votes: Counter[str] = Counter()
    for cell in cells:
        written = unicodedata.normalize("NFKC", cell).strip()
        if found := _WITH_UNIT.fullmatch(written):
            written = found[1]
        votes["."] += bool(_IMPLIES_POINT.fullmatch(written))
        votes[","] += bool(_IMPLIES_COMMA.fullmatch(written))
        votes["either"] += "," in written
    if votes["."] and votes[","]:
        return None
    if votes[","]:
        return ","
    return "." if votes["."] or not votes["either"] else None


def day_first(cells: Iterable[str]) -> bool | None:
    """Whether 03/04/2026 is the third of April in this column; None when the cells do not show it."""
    votes: Counter[bool] = Counter()
    for cell in cells:
        if found := _YEAR_LAST.fullmatch(unicodedata.normalize("NFKC", cell).strip()):
            first, second = int(found[1]), int(found[2])
            votes[True] += first > 12
            votes[False] += second > 12
    if votes[True] and votes[False]:
        return None
    return True if votes[True] else False if votes[False] else None
