"""From features to risk: models, rules baseline, expected harm, and the registry of model files."""
