"""Protects the texts: both languages exist, with the same placeholders, in the right script."""

from __future__ import annotations

import re
import string

import pytest

from data import vocabulary
from data.texts import LANGUAGES, table
from data.vocabulary import Vocabulary

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Signs, codes and names without Chinese characters.
_ALIKE = {"value.celsius", "column.ems", "page.colon", "page.comma", "page.product"}


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("key", sorted(table()))
def test_a_text_exists_in_both_languages_with_the_same_placeholders(key: str) -> None:
    words = table()[key]
    assert set(words) == set(LANGUAGES), key
    assert all(word and word.strip() for word in words.values()), key
    assert _placeholders(words["en"]) == _placeholders(words["zh"]), key
    assert _CHINESE.search(words["zh"]) or key in _ALIKE, f"{key}: {words['zh']!r} is not Chinese"
    assert not _CHINESE.search(words["en"]) or key.startswith("page.language"), key


def test_every_member_of_every_vocabulary_has_a_word() -> None:
    kinds = [kind for kind in vars(vocabulary).values() if isinstance(kind, type) and issubclass(kind, Vocabulary)]
    for kind in kinds:
        for member in kind:
            for language in LANGUAGES:
                assert member.word(language)
