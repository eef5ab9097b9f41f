"""The features: one pure function each, the context they read, and their catalogue."""
