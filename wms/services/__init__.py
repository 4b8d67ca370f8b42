"""WHAT PEOPLE DO: one function a scan or a button. Services never commit, never render and never call out."""
