"""One file a scenario: TITLE, EXPECTED, and run(group), which returns what was measured."""
