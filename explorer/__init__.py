"""Archive Explorer: search the pictures in your archive."""
