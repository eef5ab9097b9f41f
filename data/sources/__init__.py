"""Readers: tables, EDIFACT messages and JSON become validated rows; invalid rows are rejected with reasons."""
