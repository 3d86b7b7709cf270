"""The interactive documentation: Swagger UI from our own origin, under the same strict policy as every page."""
