"""Datum, distance, districts, joins and geocoding; knows no HTTP."""
