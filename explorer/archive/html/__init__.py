"""From HTML, the normal form, to items and figures with their captions."""
