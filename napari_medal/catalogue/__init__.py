"""The project on disk: settings, tables, revisions, the model registry."""
