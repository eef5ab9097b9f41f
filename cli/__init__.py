"""Thin commands over all packages: `hazlane`."""
