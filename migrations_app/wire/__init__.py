"""How we speak HTTP to strangers: bounded in time and size, without redirects, leaking nothing."""
