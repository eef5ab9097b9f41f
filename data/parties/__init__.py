"""Firms: resolution of spelling variants, and links to firms re-registered under another name.

Papers name firms as they please. `names`, `contacts` and `codes` bring what is written into one form; `resolve`
says which mentions are of one firm, each merge with its evidence; `links` says which firms seem to follow others.
"""
