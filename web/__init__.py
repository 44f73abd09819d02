"""Static files of the live page."""
