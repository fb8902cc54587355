"""The pages of the web app. They use the library through `current.library()` and import nothing below it."""
