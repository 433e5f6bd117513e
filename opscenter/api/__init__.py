"""Resources of the API made of several apps: acts on months, imports, jobs, the description itself."""
