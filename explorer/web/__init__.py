"""The pages of the web app; they reach the library through `state.library()` and nothing below it."""
