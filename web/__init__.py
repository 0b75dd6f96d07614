"""The browser chat and the pages for staff and commissioners: never imports the bot."""
