"""Features of a box: checks, feature definitions, and the history of its entities."""
