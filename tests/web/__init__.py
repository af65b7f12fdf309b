"""The pages, through the test client and a real browser."""
