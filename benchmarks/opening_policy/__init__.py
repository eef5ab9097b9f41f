"""The parts of the policy benchmark: plans, estimates, the release guarantee, two years of learning."""
