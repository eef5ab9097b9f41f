"""What the speed benchmarks share: kept ports, processes, callers, and cases."""
