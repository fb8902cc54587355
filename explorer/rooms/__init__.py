"""The rooms of a library, a file each: `Library` is all of them."""
