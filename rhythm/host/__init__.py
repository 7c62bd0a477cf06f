"""The host: what runs Rhythm on one machine. Knows no Django.

It brings up PostgreSQL and Valkey under `var/`, then the web, the worker and the
beat, and stops all of them together. In production an operator does its work.
"""
