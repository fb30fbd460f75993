"""What sources that speak SQL share: few sessions, every question bounded from our side."""
