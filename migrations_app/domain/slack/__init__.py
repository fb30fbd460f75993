"""What Slack sends us: proved, then parsed. Pure; nothing in here trusts a word of it."""
