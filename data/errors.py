"""Errors that a user can act on, with detail, remedy and HTTP status."""

from __future__ import annotations

from typing import Any


class HazlaneError(Exception):
    """An error that a user can act on: `detail` is what is wrong, `remedy` what to do, `status` the HTTP status."""

    status = 500
    title = "Internal error"

    def __init__(self, detail: str, remedy: str = "", **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.remedy = remedy
        self.extra = extra

    def __str__(self) -> str:
        return f"{self.detail} {self.remedy}".strip()


class InvalidInput(HazlaneError):
    """A request, file or setting has content that is not allowed."""

    status = 422
    title = "Invalid input"


class NotFound(HazlaneError):
    """The given name or number is unknown."""

    status = 404
    title = "Not found"


class Conflict(HazlaneError):
    """A fact contradicts a recorded one; recorded facts are never changed."""

    status = 409
    title = "Conflicts with what is recorded"


class NotReady(HazlaneError):
    """Something required (declarations, inspections, a trained model, a database) is missing."""

    status = 503
    title = "Not ready"
