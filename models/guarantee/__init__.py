"""The release guarantee: confidence sequences over the release lane, and how wide it may be."""
