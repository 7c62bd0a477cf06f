"""What the pages of an import show, shaped for their templates."""
