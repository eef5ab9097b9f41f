"""How it is used: BentoML service, HTTP, web pages."""
