"""The base class of all errors: a message, a remedy and an HTTP status."""

from __future__ import annotations


class HazlaneError(Exception):
    """An error a user can act on. `remedy` says how; `status` is the HTTP status (RFC 9110)."""

    status = 500
    title = "Internal error"

    def __init__(self, detail: str, remedy: str = "", **extra: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.remedy = remedy
        self.extra = extra

    def __str__(self) -> str:
        return f"{self.detail} {self.remedy}".strip()


class InvalidInput(HazlaneError):
    """The request or the file cannot be read as what it claims to be."""

    status = 422
    title = "Invalid input"


class NotFound(HazlaneError):
    """Nothing is known under that name."""

    status = 404
    title = "Not found"


class Conflict(HazlaneError):
    """It contradicts what is already recorded; facts are append-only."""

    status = 409
    title = "Conflicts with what is recorded"


class NotReady(HazlaneError):
    """Something that must come first (declarations, inspections, a trained model) is missing."""

    status = 503
    title = "Not ready"
