"""Azure: origins of a Front Door, endpoints of a Traffic Manager."""
