"""The Django application of viewflow's case."""
