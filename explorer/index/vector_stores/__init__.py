"""Vector stores behind one interface, so that they can be compared: the explorer's index, other settings of Edge, others."""
