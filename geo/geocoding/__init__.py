"""Offline geocoder and online providers."""
