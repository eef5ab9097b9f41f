"""Definitions of facts of a box that several parts of the program use: missing papers, late filing, masses, openings.

Checks, features, reasons, pages and the simulated port import them. A definition takes plain values or arrays.
"""
