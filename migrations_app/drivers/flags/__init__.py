"""Feature flags: a share of users for GREEN, held by a flag service and followed by its SDKs."""
