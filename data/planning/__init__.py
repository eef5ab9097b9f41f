"""The files a port plans by: its teams' shifts, tips and mandatory openings, limits on groups."""

from data.planning.limits import Limit, read_limits
from data.planning.mandatory import Claims, read_claims
from data.planning.teams import Team, read_teams

__all__ = ["Claims", "Limit", "Team", "read_claims", "read_limits", "read_teams"]
