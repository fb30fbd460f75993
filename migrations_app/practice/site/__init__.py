"""What the practice range adds to the room: a panel that makes GREEN sick, and well again."""
