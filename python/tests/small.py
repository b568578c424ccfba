"""A small matrix with an input of each kind, for the tests."""

import datetime

AS_AT = datetime.date(2026, 12, 5)

TEXT = """
format: 1
id: small
version: 1.0.0
title: A small matrix
status: illustrative
tiers: [high, medium, low]
inputs:
  arrests: { type: integer, range: [0, 60] }
  rsr: { type: decimal, places: 2, range: [0, 100], missing: absent }
  rosh: { type: level, values: [low, medium, high], missing: unknown }
  area: { type: category, values: [north, south], missing: absent }
  gang: { type: boolean, missing: unknown }
  markers: { type: set, values: [weapons, stalking], missing: absent }
  charged: { type: date, missing: absent }
criteria:
  arrests: { input: arrests, bands: [ { from: 0, points: 0 }, { from: 5, points: 2.5 }, { from: 10, points: 6 } ] }
  rsr: { input: rsr, bands: [ { from: 0, points: 0 }, { from: 6.90, points: 3 } ], absent: 0 }
  rosh: { input: rosh, values: { low: 0, medium: 2, high: 5 } }
  gang: { when: { gang: true }, points: 1 }
  markers: { input: markers, each_member: 1, absent: 0 }
dimensions:
  risk:
    score: [arrests, rsr, rosh, gang, markers]
    levels: [ { level: high, from: 8 }, { level: medium, from: 4 }, { level: low } ]
decision:
  rules:
    - { tier: high, when: { risk: high } }
    - { tier: medium, when: { risk: medium } }
    - { tier: low }
flags:
  armed: { when: { markers: { has: weapons } } }
"""
