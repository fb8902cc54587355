"""From the address of a picture to the file of the archive that it names."""
