"""HTTP: OGC API, /v1 and the page."""
