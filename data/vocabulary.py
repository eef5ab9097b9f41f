"""Closed vocabularies. Their texts are in texts/vocabulary.csv under `<vocabulary>.<member>`."""

from __future__ import annotations

from enum import StrEnum

from data.texts import text


class Vocabulary(StrEnum):
    """A closed set of codes, each with a word in English and Chinese."""

    def word(self, language: str) -> str:
        """This code's word in `language` ("en" or "zh")."""
        return text(f"{type(self).__name__.lower()}.{self.value}", language)


class Flow(Vocabulary):
    """Which way a box crosses the port."""

    IMPORT = "import"
    EXPORT = "export"
    TRANSIT = "transit"
    TRANSHIPMENT = "transhipment"


class Document(Vocabulary):
    """The kind of paper that states something about a box."""

    BOOKING = "booking"
    MANIFEST = "manifest"
    LOAD_LIST = "load_list"
    STOWAGE_PLAN = "stowage_plan"
    PACKING_CERTIFICATE = "packing_certificate"
    VGM = "vgm"
    WEIGHBRIDGE = "weighbridge"


class Notice(Vocabulary):
    """What a notice states about a declaration: cancelled, or corrected by the declarant of his own accord."""

    CANCELLED = "cancelled"
    DISCLOSED = "disclosed"


class Step(Vocabulary):
    """What was inspected: the papers only, or the box itself."""

    PAPERS = "papers"
    BOX = "box"


class SelectedBy(Vocabulary):
    """Why a box was chosen for inspection."""

    RANDOM = "random"
    SCORE = "score"
    RULE = "rule"
    TIP = "tip"
    OTHER = "other"


class Outcome(Vocabulary):
    """What an inspection concluded."""

    COMPLIANT = "compliant"
    VIOLATION = "violation"
    PENDING = "pending"


class Family(Vocabulary):
    """The three kinds of violation, each with a risk model of its own."""

    DECLARATION = "declaration"
    PACKING = "packing"
    PAPERS = "papers"

    @property
    def needs_opening(self) -> bool:
        """Whether only an opened box can show a violation of this family."""
        return self is not Family.PAPERS


class Finding(Vocabulary):
    """What was seen, with the codes of the IMO inspection report."""

    UNDECLARED = "undeclared"
    MISDECLARED = "misdeclared"
    DOCUMENTATION = "documentation"
    PLACARDING = "placarding"
    PACKAGING = "packaging"
    SEGREGATION = "segregation"
    SECURING = "securing"
    STRUCTURAL = "structural"

    @property
    def family(self) -> Family:
        """The family this finding belongs to."""
        if self in (Finding.UNDECLARED, Finding.MISDECLARED):
            return Family.DECLARATION
        if self in (Finding.DOCUMENTATION, Finding.PLACARDING):
            return Family.PAPERS
        return Family.PACKING


class Lane(Vocabulary):
    """The lane proposed for a box, from least to most intrusive."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"

    @property
    def rank(self) -> int:
        """0 for green, 1 for amber, 2 for red."""
        return list(Lane).index(self)


class GuaranteeState(Vocabulary):
    """State of the release guarantee."""

    MET = "met"
    NOT_ENOUGH_EVIDENCE = "not_enough_evidence"
    VIOLATED = "violated"


class Severity(Vocabulary):
    """How grave a discrepancy is: a hint, an error to correct, or a possible danger or offence."""

    ADVISORY = "advisory"
    FAULT = "fault"
    SEVERE = "severe"


class ReasonKind(Vocabulary):
    """Kind of a reason: known risk, lack of evidence, or the sum of all that is not shown separately."""

    RISK = "risk"
    LACK_OF_EVIDENCE = "lack_of_evidence"
    REST = "rest"


class Correction(Vocabulary):
    """Correction of the papers of a box that a declarant may lawfully make, if it is true."""

    CERTIFICATE_SUPPLIED = "certificate_supplied"
    CERTIFICATE_CORRECTED = "certificate_corrected"
    PHONE_SUPPLIED = "phone_supplied"
    BOOKING_AGREES = "booking_agrees"
    MANIFEST_AGREES = "manifest_agrees"
    VOYAGE_STATED = "voyage_stated"
