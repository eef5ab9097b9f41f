"""Verification of a box's papers against the IMDG Code, the lists and other papers."""
