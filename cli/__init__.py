"""The `hazlane` command line: one module per command, thin wrappers of the other packages."""
