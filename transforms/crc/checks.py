CHECKS = ()
FRESHNESS = frozenset()
