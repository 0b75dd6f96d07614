"""The shapes a release is handed out in; nothing here works out or protects a figure."""
