"""Verification: what an officer who knows the Code by heart would say of a box's papers."""
