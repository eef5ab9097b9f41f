"""Models of request and response bodies for the OpenAPI document, generated from the columns of data.records.

They describe bodies and do not validate them. Validation is in data.sources.rows, for HTTP and tables alike: a value
that is accepted in a table is accepted here (" UN 1263 " for "1263", "yes" for true).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Final

from bentoml import IODescriptor
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, create_model
from starlette.requests import Request

from data.records import BOX_COLUMNS, INSPECTION_COLUMNS, LINE_COLUMNS, Column, Kind
from data.vocabulary import Family, Lane, ReasonKind, SelectedBy

_SCHEMAS: Final[dict[Kind, dict[str, Any]]] = {
    Kind.TEXT: {"type": "string"},
    Kind.CODE: {"type": "string"},
    Kind.INTEGER: {"type": "integer"},
    Kind.NUMBER: {"type": "number"},
    Kind.INSTANT: {"type": "string", "format": "date-time"},
    Kind.DATE: {"type": "string", "format": "date"},
    Kind.FLAG: {"type": "boolean"},
}


def _schema(column: Column) -> dict[str, Any]:
    schema: dict[str, Any] = dict(_SCHEMAS[column.kind])
    if column.vocabulary is not None:
        schema["enum"] = [member.value for member in column.vocabulary]
    limits = {
        "pattern": column.pattern and f"^({column.pattern})$",
        "minimum": column.minimum,
        "maximum": column.maximum,
    }
    schema.update({name: limit for name, limit in limits.items() if limit is not None})
    if not column.required:
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"].append(None)
    schema["examples"] = [_example(column)]
    return schema


def _example(column: Column) -> Any:
    if column.kind in (Kind.INTEGER, Kind.NUMBER):
        return float(column.example) if "." in column.example else int(column.example)
    return column.example == "true" if column.kind is Kind.FLAG else column.example


def _fields(columns: Iterable[Column]) -> dict[str, Any]:
    return {
        column.name: (
            Annotated[Any, Field(description=column.note, json_schema_extra=_replaced(_schema(column)))],
            ... if column.required else None,
        )
        for column in columns
    }


def _replaced(schema: dict[str, Any]) -> Any:
    def replace(generated: dict[str, Any]) -> None:
        generated.pop("default", None)
        generated.update(schema)

    return replace


@dataclass(frozen=True)
class Body:
    """A request body as received: its bytes, its media type without parameters, and the path it was sent to."""

    content: bytes
    media_type: str
    path: str


_NO_OTHER_FIELDS: Final = ConfigDict(extra="forbid")


class _RequestBody(IODescriptor):  # type: ignore[misc]
    """An input that the API method receives as unparsed bytes; its fields are for OpenAPI only."""

    __root_input__ = True
    model_config = _NO_OTHER_FIELDS

    @classmethod
    async def from_http_request(cls, request: Request, serde: Any) -> Any:
        return await received(request)


async def received(request: Request) -> Body:
    """The complete body of a request."""
    media_type = request.headers.get("content-type", "application/json").split(";")[0].strip().lower()
    return Body(await request.body(), media_type, request.url.path)


LineItem: Final = create_model("LineItem", __config__=_NO_OTHER_FIELDS, **_fields(LINE_COLUMNS))
Box: Final = create_model(
    "Box",
    __base__=_RequestBody,
    **_fields(BOX_COLUMNS),
    line_items=(
        list[LineItem],
        Field(description="the goods in the box, one object per substance", min_length=1),
    ),
)
Inspection: Final = create_model("Inspection", __config__=_NO_OTHER_FIELDS, **_fields(INSPECTION_COLUMNS))


class Boxes(_RequestBody):
    """Many boxes in one body: JSON Lines (one Box per line), or the declarations table as Parquet or Arrow."""


class Words(BaseModel):
    """One text in both languages."""

    en: str
    zh: str


class Probability(BaseModel):
    """Probability of a violation of each family, 0 to 1."""

    declaration: float
    packing: float
    papers: float


class Reason(BaseModel):
    """One reason for the risk: its text and its contribution."""

    code: str
    family: Family
    contribution: float = Field(description="log-odds it adds to its family's base; positive raises the risk")
    kind: ReasonKind = Field(
        description="risk: a known fact; lack_of_evidence: little is known; rest: sum of the unlisted reasons"
    )
    feature: str | None = Field(None, description="the feature that the text describes; null for the rest")
    value: Any = Field(None, description="the declared or recorded value")
    norm: Any = Field(None, description="the value it is compared with")
    found: float | None = Field(None, description="decayed number of positive cases, such as openings with a finding")
    evidence: float | None = Field(None, description="decayed number of openings, checks or boxes behind the value")
    title: Words
    text: Words


class Planned(BaseModel):
    """Where and when a box is to be opened by a plan."""

    plan_id: str
    terminal: str | None
    shift: str | None = Field(description="null where the port lists no teams")
    team: str | None
    from_at: AwareDatetime | None = Field(description="begin of the shift")
    to_at: AwareDatetime | None = Field(description="end of the shift")
    place: int | None = Field(description="order in the shift, from 1; null for a mandatory opening that fits no shift")
    cost: float = Field(description="cost of the opening, in standard openings")
    open_until: AwareDatetime | None = Field(description="latest instant to open it; null where unknown")


class Assessment(IODescriptor):  # type: ignore[misc]
    """The response to a scoring call; it is stored before it is sent."""

    assessment_id: str
    declaration_id: str
    box_no: str
    amendment_no: int
    assessed_at: AwareDatetime
    declared_at: AwareDatetime = Field(description="instant of the declaration, as its papers state it")
    as_of: AwareDatetime = Field(description="known-as-of time: only events known by then were used")
    known_events: dict[str, Any] = Field(
        description="number of the last event used from each table; `hazlane repeat` repeats the assessment from these"
    )
    risk: float = Field(ge=0, le=100, description="expected harm, 0 to 100")
    probability: Probability
    lane: Lane
    selection_probability: float = Field(ge=0, le=1, description="probability with which the box is opened")
    selected_by: SelectedBy | None = None
    lane_without_sample: Lane = Field(description="the lane without the random sample")
    sample_probability: float = Field(
        ge=0,
        le=1,
        description="probability with which the random sample draws this box, however it was selected",
    )
    sample_drawn: bool = Field(description="whether the random sample drew this box")
    planned: Planned | None = Field(None, description="shift, team and place of a box that a plan selects for opening")
    reasons: list[Reason] = Field(description="strongest first")
    base: Probability = Field(description="log-odds of each family before any reason")
    discrepancies: list[dict[str, Any]]
    evidence: dict[str, Any] = Field(
        description="decayed number of openings of shipper, packer and port, with a sentence"
    )
    guarantee: dict[str, Any]
    model_version: str
    catalogue: str
    policy_version: str
    degraded: bool = Field(description="true when fixed rules assessed the box because no trained model could be used")


class ProblemAt(BaseModel):
    """One fault of a body, and where it is."""

    row: int | None = Field(None, description="number of the line item, line of the body or row of the table, from 1")
    column: str | None = None
    value: Any = None
    message: Words
    remedy: Words


class ProblemDetails(BaseModel):
    """Problem details (RFC 9457): the body of every error response."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    remedy: str = ""
    problems: list[ProblemAt] = []


class BatchAnswer(IODescriptor):  # type: ignore[misc]
    """One line of a batch response: the assessment of a box, or its problem."""

    row: int = Field(description="line of the body, or first row of the box in the table, from 1")
    declaration_id: str | None = None
    box_no: str | None = None
    assessment: Assessment | None = None
    problem: ProblemDetails | None = None


class Recorded(BaseModel):
    """Number of inspections that are new."""

    recorded: int


class WorklistBox(BaseModel):
    """One box of the worklist, in the reader's language."""

    assessment_id: str
    declaration_id: str
    box_no: str
    lane: Lane
    risk: float
    selected_by: SelectedBy | None
    assessed_at: AwareDatetime
    un_no: str | None = Field(description="UN number of the first dangerous line item")
    hazard_class: str | None
    goods: str = Field(description="name of its goods")
    more_goods: int = Field(description="number of other line items")
    shipper: str
    terminal: str | None
    loading_at: AwareDatetime | None
    planned: Planned | None = Field(description="shift, team and place, if the latest plan selects the box for opening")
    strongest_reason: str = Field(description="text of the strongest reason")


class Worklist(BaseModel):
    """One page of the worklist, and the number of boxes in each lane."""

    total: int
    limit: int
    offset: int
    counts: dict[Lane, int]
    guarantee: dict[str, Any] = Field(description="the release guarantee of the green lane and its state")
    boxes: list[WorklistBox]
