"""One file for each row of the attack list; its docstring says what is tried."""
