"""Validators of the columns, on pydantic: allowed values, and normalisation of harmless variants."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, ConfigDict, Field, TypeAdapter
from pydantic_core import PydanticCustomError

from data.records import GOODS_PAPERS, Column, Kind

EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)
LONGEST_TEXT: Final = 2000

_FLAGS: Final = {
    **dict.fromkeys(("true", "yes", "y", "t", "1", "1.0", "是"), True),
    **dict.fromkeys(("false", "no", "n", "f", "0", "0.0", "否"), False),
}
_TWO_WAYS: Final = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}|\d{8}", re.ASCII)
_DAY_AND_TIME: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2}|\d{8})[Tt ]\d{2}(:?\d{2}(:?\d{2}([.,]\d+)?)?)?(Z|[+-]\d{2}(:?\d{2}){0,2})?", re.ASCII
)
KNOWN_AT: Final = ("recorded_at", "stated_at", "noticed_at")
# Endings of columns with identifiers of digits, which a spreadsheet shortens: 202603010000001234 to 2.02603E+17.
_IDENTIFIERS: Final = ("_no", "_id", "_phone")
_EXACT_BELOW: Final = 1e15
_SHORTENED: Final = re.compile(r"[0-9](\.[0-9]+)?E\+[0-9]+", re.IGNORECASE)
_BOX_NO: Final = re.compile(r"[A-Z]{4}[0-9]{7}")
_DOTTED_HS_CODE: Final = re.compile(r"[0-9]{4}\.[0-9]{2}(\.?[0-9]{2}){0,2}")


def _refuse(key: str) -> PydanticCustomError:
    return PydanticCustomError("hazlane", "{key}", {"key": key})


def _instant(value: object, of_day: time = time()) -> datetime:
    if isinstance(value, str):
        value = _written(value, "instant")
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, of_day)
    if not isinstance(value, datetime):
        raise _refuse("instant")
    try:
        instant = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except OverflowError:
        raise _refuse("impossible_date") from None
    if not EARLIEST <= instant < LATEST:
        raise _refuse("impossible_date")
    return instant


def _known_at(value: object) -> datetime:
    """An instant at which something became known: a day without a time is read as its end."""
    return _instant(value, time.max)


def _written(value: str, key: str) -> date:
    """A day, or a day with a time, in strict form, because the parser of the library ignores what it does not know."""
    if _TWO_WAYS.match(value):
        raise _refuse("day_or_month")
    try:
        if _DAY.fullmatch(value):
            return date.fromisoformat(value)
        if _DAY_AND_TIME.fullmatch(value):
            return datetime.fromisoformat(value)
    except ValueError:
        pass
    raise _refuse(key)


def _date(value: object) -> date:
    if isinstance(value, str):
        value = _written(value, "date")
    if isinstance(value, datetime):
        if value.time() != time():
            raise _refuse("date")
        value = value.date()
    if not isinstance(value, date):
        raise _refuse("date")
    if not EARLIEST.date() <= value < LATEST.date():
        raise _refuse("impossible_date")
    return value


def _flag(value: object) -> bool:
    flag = value if isinstance(value, bool) else _FLAGS.get(str(value).lower())
    if flag is None:
        raise _refuse("flag")
    return flag


def _not_a_flag(value: object) -> object:
    if isinstance(value, bool) or (isinstance(value, str) and "_" in value):
        raise _refuse("number")
    return value


def _code(column: Column) -> Callable[[object], str]:
    members = {member.value: member.value for member in column.vocabulary or ()}

    def code(value: object) -> str:
        found = members.get(str(value).lower())
        if found is None:
            raise _refuse("code")
        return found

    return code


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


def canonical_box_no(value: object) -> object:
    """A box number in canonical form: "msku 123456-5" to MSKU1234565; other texts in capitals."""
    if not isinstance(value, str):
        return _with_all_digits(value)
    written = value.upper()
    joined = written.replace(" ", "").replace("-", "")
    return joined if _BOX_NO.fullmatch(joined) else written


def _hs_code(value: object) -> object:
    """A tariff code without dots: "3208.90" to 320890. One read as a number ("3208.9") is not, and is refused later."""
    return value.replace(".", "") if isinstance(value, str) and _DOTTED_HS_CODE.fullmatch(value) else value


def _with_all_digits(value: object) -> object:
    shortened = (
        not value.is_integer() or abs(value) >= _EXACT_BELOW
        if isinstance(value, float)
        else isinstance(value, str) and _SHORTENED.fullmatch(value)
    )
    if shortened:
        raise _refuse("digits_lost")
    return value


def _without(prefix: str) -> Callable[[object], object]:
    def unmarked(value: object) -> object:
        if isinstance(value, str) and value[: len(prefix)].upper() == prefix:
            return value[len(prefix) :].lstrip()
        return value

    return unmarked


_NORMALISED: Final[dict[str, Callable[[object], object]]] = {
    "box_no": canonical_box_no,
    "hs_code": _hs_code,
    "un_no": _without("UN"),
    **dict.fromkeys((f"{paper}_un_no" for paper in GOODS_PAPERS), _without("UN")),
    "vessel_imo": _without("IMO"),
    **dict.fromkeys(
        ("load_port", "discharge_port", "box_type", "packing_group", "hazard_class", "packaging_code"), _upper
    ),
}


def _type_of(column: Column) -> Any:
    """The pydantic type of a column: normalisation, pattern and limits."""
    match column.kind:
        case Kind.TEXT:
            # In pydantic's regular expressions \d matches all Unicode digits.
            pattern = column.pattern and "^(?:" + column.pattern.replace(r"\d", "[0-9]") + ")$"
            text = Annotated[str, Field(pattern=pattern, max_length=LONGEST_TEXT)]
            normalise = _NORMALISED.get(column.name)
            if normalise is None and not pattern and column.name.endswith(_IDENTIFIERS):
                normalise = _with_all_digits
            return Annotated[text, BeforeValidator(normalise)] if normalise else text
        case Kind.INTEGER:
            return Annotated[int, Field(ge=column.minimum, le=column.maximum), BeforeValidator(_not_a_flag)]
        case Kind.NUMBER:
            limits = Field(ge=column.minimum, le=column.maximum, allow_inf_nan=False)
            return Annotated[float, limits, BeforeValidator(_not_a_flag)]
        case Kind.INSTANT:
            return Annotated[datetime, BeforeValidator(_known_at if column.name in KNOWN_AT else _instant)]
        case Kind.DATE:
            return Annotated[date, BeforeValidator(_date)]
        case Kind.FLAG:
            return Annotated[bool, BeforeValidator(_flag)]
        case Kind.CODE:
            return Annotated[str, BeforeValidator(_code(column))]


def validator_of(column: Column) -> Callable[[object], Any]:
    """A function that validates one value of a column, not None; it raises ValidationError."""
    adapter: TypeAdapter[Any] = TypeAdapter(_type_of(column), config=ConfigDict(coerce_numbers_to_str=True))
    return adapter.validator.validate_python
