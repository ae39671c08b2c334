"""The gateway: WebSocket connections, sessions that outlive them, and what a session hears."""
