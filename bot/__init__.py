"""Chat words in and out, for Telegram and the web chat alike: no SQL and no scoring."""
