"""Schedules measured on a device and remembered."""
