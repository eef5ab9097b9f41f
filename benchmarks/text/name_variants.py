"""Ways in which traders write a shipping name of the list, made without the code that reads them.

Each kind is a function from a name and a source of chance to a written name, or None where the kind does not apply.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from typing import Final

Variant = Callable[[str, random.Random], str | None]

_HAN: Final = re.compile(r"[\u4e00-\u9fff]")
_AMERICAN: Final = (
    ("SULPH", "SULF"), ("ALUMINIUM", "ALUMINUM"), ("CAESIUM", "CESIUM"), ("FIBRE", "FIBER"), ("FUELLED", "FUELED"),
    ("sulph", "sulf"), ("vapour", "vapor"), ("STABILIZED", "STABILISED"), ("OXIDIZING", "OXIDISING"),
    ("DESENSITIZED", "DESENSITISED"), ("PRESSURIZED", "PRESSURISED"), ("POLYMERIZING", "POLYMERISING"),
)  # fmt: skip
_TRADITIONAL: Final = str.maketrans(
    "铵铅钠钾锂镁钙铝锌铜银汞钡锰铁铬镍锑碘氯溴热应气体压缩过氧盐酸类炸药弹装带质规稳湿无机农药脱胶电设备包动车发红黄过醛",
    "銨鉛鈉鉀鋰鎂鈣鋁鋅銅銀汞鋇錳鐵鉻鎳銻碘氯溴熱應氣體壓縮過氧鹽酸類炸藥彈裝帶質規穩濕無機農藥脫膠電設備包動車發紅黃過醛",
)
# Parts of "A or B" that only qualify the other part.
_PART: Final = re.compile(r"^(?:YELLOW|UNDER|WITHOUT|DEPLETED|NATURAL THORIUM)|MIXTURE WITH$")
_LETTERS: Final = "ABCDEFGHIJKLMNOPRSTUVWY"


def is_chinese(name: str) -> bool:
    """Whether the name is written in Chinese characters."""
    return bool(_HAN.search(name))


def alternatives(name: str) -> list[str]:
    """The parts of "A or B", where both are whole names by themselves: each as long as a name, none in brackets."""
    if "(" in name or is_chinese(name):
        return []
    parts = re.split(r",? or (?=[A-Z]{3}[A-Z ,.-]*)", name)
    if any(_PART.search(part) for part in parts):
        return []
    return parts if len(parts) > 1 and all(re.match(r"[A-Z]{4,}[A-Z ,.\-]{6,}", part) for part in parts) else []


def _lower(name: str, _: random.Random) -> str | None:
    return None if is_chinese(name) else name.lower()


def _capitals(name: str, _: random.Random) -> str | None:
    return None if is_chinese(name) else name.upper()


def _title(name: str, _: random.Random) -> str | None:
    return None if is_chinese(name) else name.title()


def _without_qualifiers(name: str, _: random.Random) -> str | None:
    """Only the words in capitals, up to the first that is not."""
    if is_chinese(name) or " or " in name:
        return None
    found = re.match(r"([A-Z0-9][A-Z0-9().,;'\- ]*?),? (?:[a-z]{2,}\b|\([a-z])", name)
    after = name[found.end() :] if found else ""
    return found[1].strip(" ,") if found and not re.search(r"[A-Z]{3}", after) and len(found[1]) > 4 else None


def _american(name: str, _: random.Random) -> str | None:
    written = name
    for here, there in _AMERICAN:
        written = written.replace(here, there)
    return written if written != name else None


def _inverted(name: str, _: random.Random) -> str | None:
    """ACID, SULPHURIC."""
    found = re.fullmatch(r"([A-Z]{4,}) ([A-Z]{4,})", name)
    return f"{found[2]}, {found[1]}" if found else None


def _commas_turned(name: str, _: random.Random) -> str | None:
    """NORMAL ORDER for "ORDER, NORMAL", with one comma only, so that the order of hazards stays."""
    found = re.fullmatch(r"([A-Z ]{4,}), ([A-Z]{4,})", name)
    return f"{found[2]} {found[1]}" if found else None


def _number_of_things(name: str, _: random.Random) -> str | None:
    """The first word singular instead of plural, or the other way round."""
    found = re.match(r"[A-Z]{5,}(?!-)", name)
    if not found or is_chinese(name):
        return None
    word = found[0]
    if word.endswith(("SS", "US", "IS", "ED", "IC", "Y", "ING", "OUS", "X", "CH", "SH", "ES")):
        return None
    return (word[:-1] if word.endswith("S") else word + "S") + name[len(word) :]


def _no_points(name: str, _: random.Random) -> str | None:
    return name.replace("N.O.S.", "NOS") if "N.O.S." in name else None


def _listed_otherwise(name: str, chance: random.Random) -> str | None:
    if "未另作规定" not in name:
        return None
    return name.replace("未另作规定的", chance.choice(["未另列明的", "n.o.s.", "未另作规定"]))


def _punctuation(name: str, chance: random.Random) -> str | None:
    written = re.sub(r"(?<=[A-Za-z]), ", chance.choice([" ", " - ", "; ", ","]), name)
    return written if written != name and not is_chinese(name) else None


def _hyphens(name: str, _: random.Random) -> str | None:
    written = re.sub(r"(?<=[A-Za-z]{3})-(?=[A-Za-z]{3})", " ", name)
    return written if written != name else None


def _full_width(name: str, _: random.Random) -> str | None:
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in name)


def _half_width(name: str, _: random.Random) -> str | None:
    written = name.translate(str.maketrans("，；：（）", ",;:()"))
    return written if written != name else None


def _spaces(name: str, chance: random.Random) -> str | None:
    if is_chinese(name):
        at = chance.randrange(1, len(name)) if len(name) > 2 else 0
        near = name[at - 1 : at + 1]
        return f"{name[:at]} {name[at:]}" if at and all(_HAN.match(one) for one in near) else None
    return "  " + name.replace(" ", "  ") + " "


def _traditional(name: str, _: random.Random) -> str | None:
    written = name.translate(_TRADITIONAL)
    return written if written != name else None


def _prefixed(name: str, chance: random.Random) -> str | None:
    return chance.choice(["UN{} ", "UN {}, ", "UN NO. {} ", "UN No.{}: ", "un{}-"]).format(
        chance.randrange(1000, 3500)
    ) + name  # fmt: skip


def _waste(name: str, _: random.Random) -> str | None:
    return f"废{name}" if is_chinese(name) else f"WASTE {name}"


def _trailed(name: str, chance: random.Random) -> str | None:
    if is_chinese(name):
        return name + chance.choice(["，8类，包装类别II", " 第3类 包装类III", "，海洋污染物", "(6.1类)"])
    return name + chance.choice(
        [", CLASS 8, PG II", ", 3, II", " CLASS 6.1 PGIII", ", 6.1 (3), I", ", MARINE POLLUTANT"]
    )


def _concentrated(name: str, chance: random.Random) -> str | None:
    concentration = chance.choice([" 98%", " (99.5%)", ", 30%", " 10-20%"])
    # A name that bounds its own concentration is another entry's at most of these.
    return None if "%" in name else name + concentration


def _technical(name: str, chance: random.Random) -> str | None:
    if "N.O.S." not in name and "未另作规定" not in name:
        return None
    substance = ["二甲苯", "正丁醇", "乙酸乙酯"] if is_chinese(name) else ["XYLENE", "N-BUTANOL AND TOLUENE", "Zineb"]
    return f"{name} ({chance.choice(substance)})"


def _slip(name: str, chance: random.Random) -> str | None:
    """One letter of a long word wrong, missing or doubled; never the first or the last two, which distinguish
    substances."""
    words = list(re.finditer(r"[A-Z]{8,}", name))
    if not words:
        return None
    found = chance.choice(words)
    at = chance.randrange(found.start() + 1, found.end() - 3)
    letters = chance.choice(["", name[at] * 2, chance.choice(_LETTERS)])
    return name[:at] + letters + name[at + 1 :]


def _misread(name: str, chance: random.Random) -> str | None:
    """A zero for an O, a one for an L, inside a word."""
    places = [found.start() for found in re.finditer(r"(?<=[A-Z]{2})[OL](?=[A-Z]{2})", name)]
    if not places:
        return None
    at = chance.choice(places)
    return name[:at] + {"O": "0", "L": "1"}[name[at]] + name[at + 1 :]


def _broken(name: str, chance: random.Random) -> str | None:
    words = list(re.finditer(r"[A-Z]{7,}", name))
    if not words:
        return None
    found = chance.choice(words)
    at = chance.randrange(found.start() + 3, found.end() - 2)
    return f"{name[:at]} {name[at:]}"


def _joined(name: str, chance: random.Random) -> str | None:
    places = [found.start() for found in re.finditer(r"(?<=[A-Z]{4}) (?=[A-Z]{4})", name)]
    if not places:
        return None
    at = chance.choice(places)
    return name[:at] + name[at + 1 :]


KINDS: Final[Mapping[str, Variant]] = {
    "as listed": lambda name, _: name,
    "lower case": _lower,
    "capitals": _capitals,
    "title case": _title,
    "without qualifiers": _without_qualifiers,
    "other spelling": _american,
    "inverted": _inverted,
    "commas turned": _commas_turned,
    "singular or plural": _number_of_things,
    "N.O.S. without points": _no_points,
    "N.O.S. in other words": _listed_otherwise,
    "punctuation": _punctuation,
    "hyphens left out": _hyphens,
    "full width": _full_width,
    "half width": _half_width,
    "spaces": _spaces,
    "traditional": _traditional,
    "UN number before": _prefixed,
    "waste before": _waste,
    "class and group after": _trailed,
    "concentration": _concentrated,
    "technical name": _technical,
    "slip of a letter": _slip,
    "0 for O, 1 for L": _misread,
    "broken word": _broken,
    "joined words": _joined,
}
