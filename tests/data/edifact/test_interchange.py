"""ISO 9735: envelopes, counts, references, character sets and release characters; acknowledgement by CONTRL."""

from __future__ import annotations

import re
from typing import Any

import pytest

from data.errors import InvalidInput
from data.sources.edifact import acknowledge, contrl_of
from data.sources.edifact.interchange import interchanges
from data.sources.problems import unreadable
from data.sources.reading import Accepted, Rejected
from tests.data.edifact.messages import AT, entries, interchange, message, rows

WHOLE = ("BGM+890+D1+9", "DTM+137:202603010830:203", "EQD+CN+BOX1", "CNI+1+B1", "GID+1+4", "DGS+IMD+3+1203")


def declaration(reference: str = "1", un_no: str = "1203", **changes: int) -> str:
    return message("IFTDGN", *WHOLE[:-1], f"DGS+IMD+3+{un_no}", reference=reference, **changes)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("UNB+UNOQ:3+A+B+260301:0830+7'", r"segment 1 \(UNB\) at character \d+: unknown character set: UNOQ"),
        ("UNB+UNOC:9+A+B+260301:0830+7'", r"segment 1 \(UNB\) at character \d+: unknown version of the syntax: 9"),
        (
            interchange(declaration()).replace("UNZ+1", "UNZ+2"),
            r"segment 10 \(UNZ\) at character \d+: it counts 2 messages",
        ),
        (
            interchange(declaration()).replace("UNZ+1+77", "UNZ+1+78"),
            r"\(UNZ\) at character \d+: its reference 78 is not 77",
        ),
        (
            interchange(declaration())[:-4],
            r"segment 10 \(UNZ\) at character \d+: it has no end; the source is truncated here",
        ),
        (interchange("UNG+IFTDGN+A+B+260301:0830+5+UN+D:16A'", declaration()), r"\(UNZ\)|has no UNE"),
        (
            f"UNB+UNOC:3+A+B+260301:0830+7'UNG+IFTDGN+A+B+260301:0830+5+UN'{declaration()}UNE+2+5'UNZ+1+7'",
            r"\(UNE\) at character \d+: it counts 2 messages",
        ),
        (
            f"UNB+UNOC:3+A+B+260301:0830+7'BGM+1'{declaration()}UNZ+1+7'",
            r"segment 2 \(BGM\) at character \d+: it is outside",
        ),
        ("+++'", r"segment 1 \(\+\+\+\) at character 1: it has no tag"),
    ],
)
def test_a_faulty_interchange_is_refused_whole(text: str, expected: str) -> None:
    with pytest.raises(InvalidInput, match=expected) as refused:
        entries(text)
    assert refused.value.remedy


@pytest.mark.parametrize(
    "text",
    [
        interchange(declaration(count=5)),
        interchange(declaration().replace("BGM+890+D1+9'", "")),
        interchange(declaration().replace("IFTDGN", "CUSCAR")),
        interchange(declaration().replace("GID+1+4'", "")),
        interchange(declaration().replace("+1'", "+2'")),
        interchange(message("VERMAS", "BGM+VGM+V1+9", "EQD+CN+BOX1")),
        interchange(message("IFTDGN", *WHOLE[:-1], "DGS+IMD+3+1203+023:XXX", "MEA+AAE+AAB+XXX:10")),
        interchange(declaration(), declaration("2")).replace("UNZ+2", "UNZ+1"),
        interchange(declaration()) + interchange(declaration("2"))[:-4],
        interchange(declaration())[:-4],
        "UNB+:3+A+B+260301:0830+7'",
    ],
)
def test_chinese_problems_have_no_english_words(text: str) -> None:
    try:
        problems = [one for entry in entries(text) if isinstance(entry, Rejected) for one in entry.problems]
    except InvalidInput as error:
        problems = [unreadable(error)]
    assert problems
    for problem in problems:
        written = problem.message("zh") + problem.remedy("zh")
        assert not re.search(r"[a-z]{2,}", written.replace(problem.column or "?", "")), written


def test_groups_and_several_interchanges_in_one_file() -> None:
    grouped = (
        f"UNB+UNOC:3+A+B+260301:0830+7'UNG+IFTDGN+A+B+260301:0830+5+UN'{declaration('1')}{declaration('2')}"
        "UNE+2+5'UNZ+1+7'"
    )
    assert len(rows(grouped + "\r\n" + interchange(declaration("3")))) == 3


@pytest.mark.parametrize(
    ("written", "read"),
    [("O?'Neill ?+ Sons", "O'Neill + Sons"), ("50 ?: 50??", "50 : 50?"), ("??'", None), ("a?\r\nb", "a b")],
)
def test_release_characters(written: str, read: str | None) -> None:
    segments = [*WHOLE[:4], f"NAD+CZ+++{written}", *WHOLE[4:]]
    if read is None:
        # The release character is escaped, so the terminator ends the segment.
        segments[4] = "NAD+CZ+++??"
        read = "?"
    [row] = rows(message("IFTDGN", *segments))
    assert row["shipper_name"] == read


def test_service_characters_of_its_own_and_line_ends_between_segments() -> None:
    text = interchange(declaration(), charset="UNOC:3").replace("'", "~\r\n").replace("+", "|").replace(":", "^")
    assert len(rows("UNA^|.? ~\r\n" + text)) == 1


def test_repeated_values_in_version_4() -> None:
    text = "UNA:+.?*'" + interchange(declaration(un_no="1203*1263"), charset="UNOY:4")
    [entry] = entries(text)
    assert isinstance(entry, Rejected)
    assert entry.problems[0].column == "un_no"


@pytest.mark.parametrize(
    ("charset", "encoding", "name"),
    [
        ("UNOA:1", "ascii", "DALIAN"), ("UNOB:1", "ascii", "Dalian"), ("UNOC:3", "latin-1", "Société"),
        ("UNOD:3", "iso8859-2", "Łódź"), ("UNOE:3", "iso8859-5", "Завод"), ("UNOF:3", "iso8859-7", "Πειραιάς"),
        ("UNOK:3", "iso8859-9", "İzmir"), ("UNOW:4", "utf-8", "大连"), ("UNOX:4", "gb18030", "大连化工有限公司"),
        ("UNOY:4", "utf-8", "大连港"),
    ],
)  # fmt: skip
def test_character_sets(charset: str, encoding: str, name: str) -> None:
    text = interchange(message("IFTDGN", *WHOLE[:4], f"NAD+CZ+++{name}", *WHOLE[4:]), charset=charset)
    [entry] = entries(text.encode(encoding))
    assert isinstance(entry, Accepted)
    assert entry.row["shipper_name"] == name


def test_small_letters_in_unoa_are_reported() -> None:
    from data.sources.edifact import scan_edifact

    text = interchange(message("IFTDGN", *WHOLE[:4], "NAD+CZ+++Dalian", *WHOLE[4:]), charset="UNOA:1")
    found = scan_edifact(text.encode(), "m.edi", AT)
    assert any("not a character of UNOA" in remark for remark in found.unknown_columns)
    assert len(list(found.entries)) == 1


class TestAcknowledgement:
    """The acknowledgement states each message, its state and the faulty segments, and is valid EDIFACT."""

    def acknowledged(self, text: str) -> tuple[dict[str, Any], str]:
        refused = [entry for entry in entries(text) if isinstance(entry, Rejected)]
        answer = acknowledge(text.encode(), "m.edi", refused, AT)
        return answer.as_dict(), contrl_of(answer)

    def test_accepted_with_errors_and_rejected_messages(self) -> None:
        two_boxes = message(
            "IFTDGN", *WHOLE[:3], "EQD+CN+BOX2", "CNI+1+B1", "GID+1+4", "DGS+IMD+3+1203", "SGP+BOX1+4", "GID+2+4",
            "DGS+IMD+3+99999", "SGP+BOX2+4", reference="2",
        )  # fmt: skip
        text = interchange(declaration("1"), two_boxes, declaration("3", count=5), declaration("4", un_no="99999"))
        answer, contrl = self.acknowledged(text)
        [reported] = answer["interchanges"]
        states = [one["state"] for one in reported["messages"]]
        assert states == ["accepted", "accepted_with_errors", "rejected", "rejected"]
        assert answer["state"] == "accepted_with_errors"
        [error] = reported["messages"][1]["errors"]
        assert (error["tag"], error["segment_in_message"], error["column"]) == ("DGS", 11, "un_no")
        assert set(error["message"]) == set(error["remedy"]) == {"en", "zh"}
        assert "UCI+77+SENDER+PORT+7'" in contrl
        assert "UCM+2+IFTDGN:D:95B:UN+7'\nUCS+11+18'" in contrl
        assert "UCM+3+IFTDGN:D:95B:UN+4+29+UNT'" in contrl
        [again] = interchanges(contrl.encode(), "contrl")
        assert again.messages[0].kind == "CONTRL"
        assert again.messages[0].fault is None

    def test_incomplete_interchange_is_rejected(self) -> None:
        text = interchange(declaration())[:-4]
        answer = acknowledge(text.encode(), "m.edi", [], AT)
        assert answer.as_dict()["state"] == "rejected"
        error = answer.as_dict()["error"]
        assert error["segment"] == 10
        assert "truncated" in error["message"]["en"]
        assert "截断" in error["message"]["zh"]
        assert interchanges(contrl_of(answer).encode(), "contrl")[0].messages[0].fault is None
