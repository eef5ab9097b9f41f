"""A simulated port: declarations and inspections with the columns of the data dictionary, and an exact oracle."""

from data.simulator.port import RECORDED_WITHIN_DAYS, START, SimulatedPort, latest_start, simulate

__all__ = ["RECORDED_WITHIN_DAYS", "START", "SimulatedPort", "latest_start", "simulate"]
