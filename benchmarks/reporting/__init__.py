"""How figures are printed, kept, and written to docs/benchmarks.md."""
