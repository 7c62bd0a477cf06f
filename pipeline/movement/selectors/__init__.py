"""Reads of where the pipeline moved, shaped for pages."""
