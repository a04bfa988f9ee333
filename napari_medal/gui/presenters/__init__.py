"""What connects a panel to what it speaks of."""
