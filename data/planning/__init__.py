"""Readers of a port's planning files: shifts of teams, tips and mandatory openings, inspection limits."""

from data.planning.limits import Limit, read_limits
from data.planning.mandatory import MandatoryOpenings, read_mandatory_openings
from data.planning.teams import Team, read_teams

__all__ = ["Limit", "MandatoryOpenings", "Team", "read_limits", "read_mandatory_openings", "read_teams"]
