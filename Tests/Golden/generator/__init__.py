"""Golden values for Moru's tests; run `generate.py` one folder up."""
