"""Readers: tables, EDIFACT messages and JSON boxes become validated rows, bad ones rejected with reasons."""
