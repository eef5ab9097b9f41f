"""`python -m serving.published`: print the OpenAPI document, as docs/openapi.json publishes it."""

from __future__ import annotations

import json

from serving.service import SITE


def main() -> None:
    """Print the OpenAPI document of the whole service."""
    print(json.dumps(SITE.document, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
