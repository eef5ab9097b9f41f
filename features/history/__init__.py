"""History of parties, goods and places: events by known time, decayed counters, Bayesian probit effects."""
