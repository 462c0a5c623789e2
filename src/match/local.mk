# match
