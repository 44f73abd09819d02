"""The live page: static files that the API serves as they are; see ``docs/page.md``."""
