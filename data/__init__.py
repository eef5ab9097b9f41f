"""What is known, and where it is kept: settings, vocabularies, records, sources, reference lists, store, simulator."""
