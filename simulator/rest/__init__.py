"""Discord's REST API: addresses, requests and answers. The rules are in `acts`."""
