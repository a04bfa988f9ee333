"""Several looks at one case: linked planes, other sequences, the mask in three dimensions."""
