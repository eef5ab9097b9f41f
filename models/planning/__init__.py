"""The plan of a day: who is eligible, inspection burden, and the plan that binds assessments."""
