"""The use-cases without a face: what a panel or a command asks for."""
