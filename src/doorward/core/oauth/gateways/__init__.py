"""Applications that know nothing of us: a gateway in front of them asks who comes, and lets in or turns away."""
