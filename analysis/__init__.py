"""Pure functions over frames: structure, concentration, clusters, staggered development."""
