"""What app.py mounts: the start of the service, the routes, the middleware."""

from service.web.bootstrap import Backend, backend, lifespan
from service.web.middleware import middleware
from service.web.routes import routes

__all__ = ["Backend", "backend", "lifespan", "middleware", "routes"]
