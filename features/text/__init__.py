"""Names of goods, and the likely UN numbers of a description."""
