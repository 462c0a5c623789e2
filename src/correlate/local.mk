# correlate
