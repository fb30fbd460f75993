"""Envoy: weights in its runtime, or in a route file that it watches."""
