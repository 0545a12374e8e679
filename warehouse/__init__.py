"""Where rows live: versions, revisions, releases, publication."""
