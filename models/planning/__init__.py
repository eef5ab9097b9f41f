"""Daily plans: eligible boxes, inspection burden, and the current plan that applies to single calls."""
