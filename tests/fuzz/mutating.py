"""Valid messages and their mutations."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

from tests.data.edifact.messages import interchange, message
from tests.data.test_dcsa import BILL, BOOKING

SAMPLES = Path(__file__).parents[1] / "data" / "samples"


def edifact_seeds() -> list[bytes]:
    """Valid interchanges of each message type."""
    boxes = ("LOC+147+0120406", "EQD+CN+MSKU1234565+22G1", "MEA+AAE+VGM+KGM:20450", "DGS+IMD+3+1263", "FTX+AAD+++PAINT")
    found = [
        interchange(
            message("BAPLIE", "BGM++P+9", "DTM+137:202603011200:203", "TDT+20+55E+++++9354351", *boxes, *boxes)
        ),
        interchange(message("COPRAR", "BGM+45+L+9", "DTM+137:202603011200:203", "TDT+20+55E", *boxes[1:])),
        interchange(message("VERMAS", "BGM+VGM+V+9", "DTM+137:202603011200:203", *boxes[1:3])),
        interchange(
            message("IFTMBF", "BGM+335+B+9", "DTM+137:202603011200:203", "GID+1+80:1A", "DGS+IMD+3+1263", boxes[1]),
            message("IFTMBF", "BGM+335+C+9", "GID+1+80:1A", "FTX+AAA+++油漆", reference="2"),
        ),
    ]
    return [text.encode() for text in found] + [path.read_bytes() for path in sorted(SAMPLES.glob("*.edi"))]


def json_seeds() -> list[Any]:
    """Valid DCSA documents, and a JSON box."""
    box = {"declaration_id": "A", "box_no": "B", "declared_at": "2026-03-01", "line_items": [{"un_no": "1203"}, {}]}
    return [BOOKING, BILL, [BOOKING, BILL], {"time": "2026-02-21T08:00:00Z", "data": {"booking": BOOKING}}, box]


def _flipped(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _cut(content: bytes, chance: random.Random) -> bytes:
    start, end = sorted(chance.sample(range(len(content) + 1), 2))
    return chance.choice([content[:end], content[start:], content[:start] + content[end:]])


def _segments(content: bytes, chance: random.Random) -> bytes:
    pieces = content.split(b"'")
    place = chance.randrange(len(pieces))
    other = chance.randrange(len(pieces))
    match chance.randrange(4):
        case 0:
            del pieces[place]
        case 1:
            pieces.insert(place, pieces[other])
        case 2:
            pieces[place], pieces[other] = pieces[other], pieces[place]
        case _:
            pieces[place] = pieces[place][:3] + pieces[other][3:]
    return b"'".join(pieces)


def _marks(content: bytes, chance: random.Random) -> bytes:
    mark = chance.choice([b"+", b":", b"'", b"?", b"*", b"\n", b"\x00", b"\xff", "危".encode(), b"9" * 400])
    place = chance.randrange(len(content))
    return chance.choice([
        content[:place] + mark + content[place:],
        content.replace(chance.choice([b"+", b":", b"'"]), mark, chance.randint(1, 5)),
    ])  # fmt: skip


def _values(content: bytes, chance: random.Random) -> bytes:
    old, new = chance.choice([
        (b"1263", b"9999"), (b"KGM", b"XXX"), (b"203", b"999"), (b"2026", b"0000"), (b"IFTDGN", b"CUSCAR"),
        (b"UNOC", b"UNOZ"), (b":3+", b":9+"), (b"EQD", b"QQQ"), (b"+1'", b"+2'"), (b"20450", b"-1e999"),
    ])  # fmt: skip
    return content.replace(old, new, 1)


_EDIFACT: list[Callable[[bytes, random.Random], bytes]] = [_flipped, _cut, _segments, _marks, _values]


def mutated_edifact(chance: random.Random) -> bytes:
    """An interchange with one to three mutations."""
    content = chance.choice(edifact_seeds())
    for _ in range(chance.randint(1, 3)):
        if content:
            content = chance.choice(_EDIFACT)(content, chance)
    return content


_NONSENSE: list[Any] = [
    None, True, -1, 1e308, "", "x", "危" * 3000, [], {}, [[]], {"a": {"b": []}}, "9999", "2026-99-99", 10**30,
]  # fmt: skip


def mutated_json(chance: random.Random) -> bytes:
    """A document with values of other types, removed or repeated names, or damaged bytes."""
    document = deepcopy(chance.choice(json_seeds()))
    for _ in range(chance.randint(0, 3)):
        place = document
        while isinstance(place, (dict, list)) and place:
            step = chance.choice(list(place) if isinstance(place, dict) else range(len(place)))
            if chance.random() < 0.3 or not isinstance(place[step], (dict, list)):
                if isinstance(place, dict) and chance.random() < 0.3:
                    del place[step]
                else:
                    place[step] = deepcopy(chance.choice(_NONSENSE))
                break
            place = place[step]
    content = json.dumps(document, ensure_ascii=chance.random() < 0.5).encode()
    if chance.random() < 0.3:
        content = chance.choice([_flipped, _cut])(content, chance)
    return content
