"""One way to arrange a folder of images a module."""
