"""The HTTP service: scoring API, JSON endpoints and web pages, on BentoML and Starlette."""
