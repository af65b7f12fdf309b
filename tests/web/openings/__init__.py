"""Drivers for the openings: the running program, and its pages as the staff and the customer use them."""
