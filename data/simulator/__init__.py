"""A simulated port: declarations and inspections in the contract's tables, and an exact oracle beside them."""

from data.simulator.port import SimulatedPort, simulate

__all__ = ["SimulatedPort", "simulate"]
