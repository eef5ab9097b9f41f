"""Facts of a box that several parts of the program use, each defined once.

Checks, features, reasons, pages and the simulated port take them from here. A definition takes plain values or columns
of them, and knows nothing of who asks.
"""
