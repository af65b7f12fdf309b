"""Measurements: medians over rounds, and ratios to a peer within one run. `make bench` runs them."""
