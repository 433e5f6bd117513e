"""Pages made of several apps: a month with its results, and the jobs that compute it."""
