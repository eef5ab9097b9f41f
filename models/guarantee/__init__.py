"""The release guarantee: confidence sequence, weekly monitor, and the search for the release threshold."""
