"""To whom, and why, something is handed over to protect somebody; it hands over nothing."""

from __future__ import annotations

from enum import StrEnum


class Recipient(StrEnum):
    """Who is given it."""

    SOCIAL_CARE = "childrens-social-care"
    EMERGENCY_DUTY = "emergency-duty-team"
    POLICE = "police"
    AMBULANCE = "ambulance"
    HEALTH = "health"
    SCHOOL = "school"
    LADO = "designated-officer"
    COURT = "court"


class SharingReason(StrEnum):
    """Why it is given."""

    DANGER = "immediate-danger"
    HARM = "risk-of-serious-harm"
    MISSING = "missing"
    ALLEGATION = "allegation"
    ENQUIRY = "child-protection-enquiry"
    ORDER = "court-order"
