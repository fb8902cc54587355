"""A comparison of vector stores with the vectors and the searches of a library."""
