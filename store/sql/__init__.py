"""What the stores on an SQL database share: the body is written once, in the words of ``session``."""
