"""The parts of figures and items that become vectors, and the encoders that make them."""
