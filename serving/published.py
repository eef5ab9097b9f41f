"""The OpenAPI document as it is published in docs/openapi.json: `python -m serving.published` prints it."""

from __future__ import annotations

import json

from serving.service import SITE


def main() -> None:
    """Print the document of the whole service."""
    print(json.dumps(SITE.document, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
