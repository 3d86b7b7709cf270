"""What gateways ask before they let a request through to an application, and how browsers come back from signing in."""
