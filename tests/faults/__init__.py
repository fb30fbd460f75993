"""What must hold whatever dies, hangs, lies or comes late; proven on the real processes."""
