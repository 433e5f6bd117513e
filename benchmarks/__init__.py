"""``python -m benchmarks``: the product's time and memory beside a yardstick measured in the same run.

``organisation``: the rules of a believable deployment · ``facts``: its people and what they did ·
``bare``: the yardsticks · ``measure``: one measurement in a process of its own · ``databases``: made for the
run · ``report``: docs/benchmarks.md.
"""
