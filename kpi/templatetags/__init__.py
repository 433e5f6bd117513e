"""What the templates of this app draw in one go."""
