"""The parts of the pages: each shows one thing, on one or more pages."""
