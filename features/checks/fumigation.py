"""Boxes under fumigation: UN 3359, its date and its gas (5.5.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from data.definitions.emergency_phone import FUMIGATED
from data.texts import both
from data.vocabulary import Severity
from features.checks.check import Box, Check, Found, Topic, is_known
from features.checks.identity import NOTHING

_STATED: Final = re.compile(r"fumigat(?:ed|ion)|熏蒸|methyl bromide treated|phosphine treated")
# Words that deny a fumigation, concern the wood of packings (ISPM 15) and not the box, or name the fumigant.
_DENIED: Final = re.compile(
    r"\b(?:not|non|no|never|without|un|free (?:of|from)|exempt(?:ed)? from)[\s-]*(?:(?:been|to be|be|require[sd]?|any|"
    r"need(?:ed|s)?|for|subject to|yet)[\s-]+)*fumigat\w*|"
    r"fumigat\w*[\s-]*(?:(?:is|are|was)[\s-]+)?(?:free|exempt\w*|not\b|n/?a\b|unnecessary|"
    r"[:：] ?(?:no|nil|none|n/?a)\b)|"
    r"(?:免于?|未经?|无需|无须|不需要?|毋需|无|非|不|没有|未进行|未做|未作|未被|未曾)(?:进行|经过|经|做|作|要|需)?熏蒸|"
    r"熏蒸[:：]?(?:无|否|免)"
)
_WOOD: Final = re.compile(
    r"fumigat\w*[\s,]*(?:wood(?:en)?|timber|pallets?|crates?|cases?|packings?|packag\w*|dunnage|skids?)|"
    r"(?:wood(?:en)?|ply) ?(?:packings?|packag\w*|pallets?|crates?|cases?|box(?:es)?)[^.;。；]{0,40}fumigat\w*|"
    r"\b(?:pallets?|packings?|packaging|dunnage|ispm|ippc)\b[^.;。；]{0,40}fumigat\w*|"
    r"(?:木箱|木托|托盘|栈板|卡板|木质包装|包装|垫木|垫料|ispm|ippc)[^。；;]{0,12}熏蒸|"
    r"熏蒸(?:过的?|处理的?|的)?(?:木箱|木托|托盘|栈板|卡板|木质包装|包装|垫木|垫料)"
)
_MEANS: Final = re.compile(
    r"fumigation (?:equipment|machines?|chambers?|tablets?|pellets?|sheets?|tarpaulins?|tents?|certificates?|"
    r"services?)|"
    r"(?:for|of) fumigation|熏蒸(?:剂|药|片|设备|机|器|证|布|膜|帐|灯|桶|仪|用)"
)


def fumigated(box: Box) -> Iterator[Found]:
    """A fumigated box without UN 3359, or UN 3359 without date and fumigant."""
    if FUMIGATED in [line["un_no"] for line in box.lines]:
        missing = [name for name in ("fumigated_on", "fumigant") if not is_known(box[name])]
        if missing:
            yield Found(tuple(missing), both("expected.date_of_fumigation_and_fumigant"), NOTHING)
        return
    # Other dangerous goods in the box do not make up for it (5.5.2.1).
    columns = [name for name in ("fumigated_on", "fumigant") if is_known(box[name]) and box[name] != ""]
    if columns:
        yield Found(("un_no", *columns), f"UN {FUMIGATED}", NOTHING)
        return
    for line in box.lines:
        if _states_fumigation(line.words):
            # Goods may have been fumigated and aired long before they came into this box.
            yield Found(("un_no", "description"), f"UN {FUMIGATED}", line.words, line["line_no"], Severity.ADVISORY)
            return


@lru_cache(maxsize=16_384)
def _states_fumigation(words: str) -> bool:
    if not _STATED.search(words):
        return False
    for other in (_DENIED, _WOOD, _MEANS):
        words = other.sub(" ", words)
    return bool(_STATED.search(words))


CHECKS: Final = (Check("fumigated", Topic.BOX, Severity.FAULT, "5.5.2", fumigated, over="box"),)
