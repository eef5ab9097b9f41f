"""POST /v1/messages: stored, acknowledged, boxes assessed; refused messages are kept in quarantine."""

from __future__ import annotations

from data.sources.edifact.interchange import interchanges
from tests.data.edifact.messages import interchange, message
from tests.data.test_dcsa import BOOKING
from tests.serving.conftest import Service

EDIFACT = {"content-type": "application/edifact"}


def declaration(number: str, box_no: str, un_no: str = "1263") -> str:
    return message(
        "IFTDGN", f"BGM+890+{number}+9", "DTM+137:202603010830:203", f"EQD+CN+{box_no}+22G1", "CNI+1+B1",
        "NAD+CZ+++大连某某化工", "GID+1+80:1A", f"DGS+IMD+3+{un_no}+27:CEL+2", "MEA+AAE+AAB+KGM:4000",
    )  # fmt: skip


def test_a_declaration_is_acknowledged_and_its_box_assessed(service: Service) -> None:
    text = interchange(declaration("MSG-1", "MSKU1111111"))
    first = service.client.post("/v1/messages", content=text.encode(), headers=EDIFACT)
    assert first.status_code == 201, first.text
    reported = first.json()
    assert (reported["contains"], reported["accepted"], reported["quarantined"]) == ("IFTDGN", 1, 0)
    assert reported["acknowledgement"]["state"] == "accepted"
    [assessment] = reported["assessments"]
    assert (assessment["declaration_id"], assessment["box_no"]) == ("MSG-1", "MSKU1111111")
    assert service.client.get(f"/v1/assessments/{assessment['assessment_id']}").json() == assessment
    again = service.client.post("/v1/messages", content=text.encode(), headers=EDIFACT)
    assert (again.status_code, again.json()["duplicate"]) == (200, 1)


def test_edifact_is_acknowledged_by_contrl_on_request(service: Service) -> None:
    text = interchange(declaration("MSG-2", "MSKU2222222"), declaration("MSG-3", "MSKU3333333", un_no="99999"))
    text = text.replace("UNH+1+", "UNH+2+", 1).replace("UNT+10+1", "UNT+10+2", 1)
    headers = EDIFACT | {"accept": "application/edifact"}
    answer = service.client.post("/v1/messages", content=text.encode(), headers=headers)
    assert answer.status_code == 201
    assert answer.headers["content-type"].startswith("application/edifact")
    [contrl] = interchanges(answer.content, "contrl")
    codes = [segment.get(2) for segment in contrl.messages[0].segments if segment.tag == "UCM"]
    assert codes == ["7", "4"]


def test_other_papers_join_the_record_of_the_declared_box(service: Service) -> None:
    vermas = message(
        "VERMAS", "BGM+VGM+V1+9", "DTM+137:202602281200:203", "EQD+CN+MSKU4444444", "MEA+AAE+VGM+KGM:20450"
    )
    for text in (declaration("MSG-4", "MSKU4444444"), vermas):
        assert service.client.post("/v1/messages", content=interchange(text).encode(), headers=EDIFACT).is_success
    record = service.client.get("/v1/records/MSG-4/MSKU4444444").json()
    assert record["fields"]["vgm_kg"]["value"] == 20450.0
    assert record["fields"]["vgm_kg"]["source"] == "vgm"
    assert [event["kind"] for event in record["events"]][:2] == ["stated", "declared"]
    assert service.client.get("/v1/records/MSG-4/none").status_code == 404


def test_a_cancelled_box_is_not_assessed_again(service: Service) -> None:
    declared = declaration("MSG-5", "MSKU5555555")
    service.client.post("/v1/messages", content=interchange(declared).encode(), headers=EDIFACT)
    cancel = declared.replace("MSG-5+9", "MSG-5+1").replace("202603010830", "202603020830")
    reported = service.client.post("/v1/messages", content=interchange(cancel).encode(), headers=EDIFACT).json()
    assert (reported["accepted"], reported["assessments"]) == (1, [])
    assert service.client.get("/v1/records/MSG-5/MSKU5555555").json()["state"] == "cancelled"


def test_a_dcsa_booking_is_accepted(service: Service) -> None:
    answer = service.client.post("/v1/messages", json=BOOKING)
    assert (answer.status_code, answer.json()["contains"]) == (201, "DCSA")


def test_refused_messages_are_explained_and_quarantined(service: Service) -> None:
    waiting = len(service.store.open_quarantine_entries())
    cut = interchange(declaration("MSG-6", "MSKU6666666"))[:-9].encode()
    wrong = interchange(declaration("MSG-7", "MSKU7777777", un_no="99999")).encode()
    for content, word in ((cut, "segment"), (wrong, "99999"), (b"hello", "header")):
        answer = service.client.post("/v1/messages", content=content, headers=EDIFACT)
        assert answer.status_code == 422, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert word in answer.text
        assert answer.json()["remedy"]
        assert all(problem["message"]["zh"] and problem["remedy"]["zh"] for problem in answer.json()["problems"])
        assert answer.json()["problems"]
    assert len(service.store.open_quarantine_entries()) == waiting + 3
    assert service.client.post("/v1/messages", content=b"x", headers={"content-type": "image/png"}).status_code == 415
    assert service.client.post("/v1/messages", content=b"", headers=EDIFACT).status_code == 422
