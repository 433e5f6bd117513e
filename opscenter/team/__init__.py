"""What those who lead people look at."""
