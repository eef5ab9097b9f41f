"""Reference lists: dangerous goods, package codes, tariff codes and words that point to cargo of concern."""
