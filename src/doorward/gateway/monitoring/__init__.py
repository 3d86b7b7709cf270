"""Writes what watches: Prometheus, its rules, Alertmanager's routes, and dashboards."""
