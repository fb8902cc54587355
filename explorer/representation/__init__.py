"""Which parts of a figure or item become vectors, and the encoders that make them."""
