"""What people can do, one transaction each: no SQL, no Telegram, no clock."""
