"""One panel of the dock a module."""
