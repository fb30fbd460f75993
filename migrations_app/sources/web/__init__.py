"""What sources that speak HTTP share: who we are there, and what a refusal means."""
