"""Page rendering: the reader's language, the templates, and the format of numbers, instants and probabilities."""

from __future__ import annotations

import math
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from data.texts import LANGUAGES, table, text
from data.vocabulary import Family, Lane, SelectedBy

COOKIE: Final = "hazlane_language"
_FOLDER: Final = Path(__file__).parent
_YEAR_S: Final = 365 * 24 * 3600
_SECURITY: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def language_of(request: Request, default: str) -> str:
    """The reader's language: that of `?lang=`, else of the cookie, else `default`."""
    candidates = (request.query_params.get("lang"), request.cookies.get(COOKIE))
    return next((preferred for preferred in candidates if preferred in LANGUAGES), default)


def page(request: Request, template: str, language: str, *, status: int = 200, **values: Any) -> Response:
    """Render a template in `language`; a language chosen by `?lang=` is kept in a cookie."""
    texts = _Texts(language)
    html = (
        environment()
        .get_template(template)
        .render(
            lang=language,
            other_url=lambda preferred: str(
                request.url.include_query_params(lang=preferred).replace(scheme="", netloc="")
            ),
            t=texts.text,
            has_text=lambda key: key in table(),
            status=status,
            **values,
        )
    )
    answer = HTMLResponse(html, status, headers=_SECURITY)
    if request.query_params.get("lang") == language:
        answer.set_cookie(COOKIE, language, max_age=_YEAR_S, samesite="lax", httponly=True)
    return answer


class _Texts:
    """Texts in one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def text(self, key: str, **values: object) -> str:
        return text(key, self.language, **values)


@cache
def environment() -> jinja2.Environment:
    """The Jinja environment: escapes HTML, and raises for undefined names."""
    found = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters.update(instant=instant, percent=percent, quantity=quantity, odds=odds)
    found.globals.update(Family=Family, Lane=Lane, SelectedBy=SelectedBy)
    return found


def instant(value: Any) -> str:
    """A UTC instant to the minute ("2026-03-04 16:00"), or a date."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return value.isoformat() if isinstance(value, date) else ""


def percent(share: float) -> str:
    """A probability with two significant digits at most: "0.3 %", "4.1 %", "38 %"."""
    if 0 < share < 0.001:
        return "< 0.1 %"
    return f"{share:.0%}".replace("%", " %") if share >= 0.0995 else f"{share:.1%}".replace("%", " %")


def quantity(value: Any) -> str:
    """A number with three significant digits or whole, thousands separated; other values unchanged."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if not math.isfinite(value):
        return ""
    if float(value).is_integer() or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:,.3g}" if abs(value) >= 0.01 else f"{value:.1g}"


def odds(contribution: float) -> str:
    """The factor by which log-odds change the odds: "×2.3" raises them, "÷1.8" lowers them."""
    factor = math.exp(min(abs(contribution), 20))
    if factor < 1.05:
        return "≈ 1"
    digits = f"{factor:.0f}" if factor >= 10 else f"{factor:.1f}"
    return ("×" if contribution > 0 else "÷") + digits
