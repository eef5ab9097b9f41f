"""Settings are documented and frozen; invalid ones are refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from data.errors import InvalidInput
from data.settings import Settings, documented, settings

_PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


def test_page_is_current() -> None:
    assert _PAGE.read_text(encoding="utf-8") == documented(), "run `make docs`"


def test_every_setting_is_described() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_settings_come_from_the_environment_and_are_frozen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HAZLANE_VAR", str(tmp_path))
    monkeypatch.setenv("HAZLANE_CAPACITY_SHARE", "0.2")
    read = Settings()
    assert read.capacity_share == 0.2
    assert read.store_url == f"sqlite:///{tmp_path / 'hazlane.db'}"
    with pytest.raises(ValidationError, match="frozen"):
        read.port = 1  # type: ignore[misc]


@pytest.mark.parametrize("salt", ["", "hazlane"])
def test_warning_without_secret_salt(salt: str) -> None:
    """The public salt is not a secret, also when it is set explicitly."""
    (warning,) = Settings(selection_salt=salt).warnings
    assert "HAZLANE_SELECTION_SALT is not set to a secret" in warning
    assert Settings(selection_salt=salt).drawing_salt == "hazlane"


def test_secret_salt_is_used() -> None:
    chosen = Settings(selection_salt="of the port")
    assert (chosen.warnings, chosen.drawing_salt) == ([], "of the port")


@pytest.mark.parametrize("wrong", [{"capacity_share": 1.5}, {"port": 0}, {"language": "de"}, {"threads": 0}])
def test_a_setting_out_of_range_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate(wrong)


@pytest.mark.parametrize(
    ("name", "value", "expected", "remedy"),
    [
        ("HAZLANE_RANDOM_SHAER", "0.3", "Unknown setting: HAZLANE_RANDOM_SHAER", "HAZLANE_RANDOM_SHARE?"),
        ("HAZLANE_QQQQ", "1", "Unknown setting: HAZLANE_QQQQ", "docs/settings.md"),
        ("HAZLANE_CAPACITY_SHARE", "1.5", "HAZLANE_CAPACITY_SHARE is '1.5'", "docs/settings.md"),
        ("HAZLANE_TIME_ZONE", "Dalian", "write its IANA name", "docs/settings.md"),
        ("HAZLANE_TIME_ZONE", "", "write its IANA name", "docs/settings.md"),
        ("HAZLANE_UTC_OFFSET_HOURS", "8", "Unknown setting: HAZLANE_UTC_OFFSET_HOURS", "docs/settings.md"),
    ],
)
def test_invalid_variable_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: str, remedy: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidInput, match=expected) as refused:
        settings.__wrapped__()
    assert remedy in refused.value.remedy
