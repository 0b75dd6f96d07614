"""The door to the audit: who plays the outsiders, what they found, and the proof; nothing else.

It must not import anything of the protection: what is shown is read here by rules of its own.
"""

from __future__ import annotations

from outcomes.audit.attacker import Audit, Witnesses, audit
from outcomes.audit.certificate import Certificate
from outcomes.audit.outsiders import SCENARIOS

__all__ = ["SCENARIOS", "Audit", "Certificate", "Witnesses", "audit"]
