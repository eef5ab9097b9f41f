"""What was known of each party, good and place: events in known-time order, decayed counters, effects."""
