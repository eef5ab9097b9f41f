"""A simulated port: declarations and inspections with the columns of the data dictionary, and an exact oracle."""

from data.simulator.port import SimulatedPort, simulate

__all__ = ["SimulatedPort", "simulate"]
