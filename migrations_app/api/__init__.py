"""The same verbs over REST, with tokens and scopes. Never touches a driver or a source."""
