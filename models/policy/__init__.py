"""Which boxes to open: candidates, lanes, capacity, and the assignment to shifts."""
