"""A small invented world of three publishers on this machine, to show and test the whole line without internet."""
