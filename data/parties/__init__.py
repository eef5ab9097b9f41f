"""Firms: entity resolution over spellings, and links from re-registered firms to earlier ones.

`names` and `contacts` normalise names, telephones, addresses and identifiers. `resolving` groups mentions into firms,
each merge with its evidence. `successors` finds firms that may continue earlier ones.
"""
