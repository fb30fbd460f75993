"""The pictures in README and docs, taken by Chromium of a night on the practice range."""
