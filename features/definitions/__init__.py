"""Feature definitions: one pure function each, the feature context that they read, and the catalogue."""
