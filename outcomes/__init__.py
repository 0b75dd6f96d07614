"""What commissioners may see, as pure rules: never reaches surveys, storage or a person."""
