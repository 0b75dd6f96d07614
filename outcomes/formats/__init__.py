"""The file formats a release is handed out in: they write what is safe and decide nothing."""
