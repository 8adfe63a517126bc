"""Command line floor: arguments, messages, exit codes."""
