"""Names of goods, and what goods a description names."""
