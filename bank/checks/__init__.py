"""Checks of customer identification and due diligence: pure functions of an application and a date."""
