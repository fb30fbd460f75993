"""Nouns: rows and their constraints. A model never reads another screen's data or acts."""
