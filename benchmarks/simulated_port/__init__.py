"""What the benchmarks of the simulated port share: trials, comparison models, and drift."""
