"""Tests of bwc: unit, contract, service, media, e2e and pages."""
