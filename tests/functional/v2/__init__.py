"""A second version of one resource, as a later release might bring it."""
