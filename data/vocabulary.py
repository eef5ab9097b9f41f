"""Closed vocabularies. Their words are in texts/vocabulary.csv under `<vocabulary>.<member>`."""

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
    """What a statement about a box was written on; each comes from someone else."""

    BOOKING = "booking"
    MANIFEST = "manifest"
    LOAD_LIST = "load_list"
    STOWAGE_PLAN = "stowage_plan"
    PACKING_CERTIFICATE = "packing_certificate"
    VGM = "vgm"
    WEIGHBRIDGE = "weighbridge"


class Notice(Vocabulary):
    """What became of a declaration apart from its contents."""

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
        """Whether only an opened box can show it; papers violations are settled on the papers."""
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
    """What the machine proposes for a box, from least to most intrusive."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"

    @property
    def rank(self) -> int:
        """0 for green, 1 for amber, 2 for red."""
        return list(Lane).index(self)


class GuaranteeState(Vocabulary):
    """Where the promise about the green lane stands."""

    MET = "met"
    NOT_ENOUGH_EVIDENCE = "not_enough_evidence"
    VIOLATED = "violated"


class Severity(Vocabulary):
    """How much a discrepancy weighs: worth a look, to be put right, or a danger or an offence if it is so."""

    ADVISORY = "advisory"
    FAULT = "fault"
    SEVERE = "severe"


class ReasonKind(Vocabulary):
    """What stands behind a reason: something known, a want of knowledge, or all that is not told by itself."""

    RISK = "risk"
    LACK_OF_EVIDENCE = "lack_of_evidence"
    REST = "rest"


class Correction(Vocabulary):
    """What a declarant may lawfully put right on the papers of a box, where that is the truth."""

    CERTIFICATE_SUPPLIED = "certificate_supplied"
    CERTIFICATE_CORRECTED = "certificate_corrected"
    PHONE_SUPPLIED = "phone_supplied"
    BOOKING_AGREES = "booking_agrees"
    MANIFEST_AGREES = "manifest_agrees"
    VOYAGE_STATED = "voyage_stated"
