"""What we conclude: risk, calibration, reasons, lanes, rules baseline, registry."""
