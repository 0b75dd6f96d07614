"""What is handed to somebody who asks what we store about them; it must not gather it."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel


class GivenAnswer(BaseModel):
    """One answer: the question as it was shown, the words and the value that were given."""

    step: int
    item: str
    question_as_shown: str
    choices_as_shown: list[str]
    kind: str
    label: str
    value: int | None
    given_at: datetime
    channel: str
    stands: bool


class GivenRun(BaseModel):
    """One set of questions that somebody worked through."""

    run: str
    instrument: str
    version: int
    name: str
    status: str
    started_at: datetime
    last_moved_at: datetime
    answers: list[GivenAnswer]


class OwnWords(BaseModel):
    """Something that somebody wrote in words of their own, and what staff said it is about."""

    text: str
    kind: str
    received_at: datetime
    read_at: datetime | None
    themes: list[str]
    sharing: str | None = None


class Message(BaseModel):
    """A message that we made for somebody, as it was shown."""

    text: str
    buttons: list[str]
    channel: str
    state: str
    made_at: datetime
    sent_at: datetime | None


class Moment(BaseModel):
    """A moment at which somebody was asked, or will be."""

    instrument: str
    wave: str
    state: str
    local_time: str
    zone: str
    due_at: datetime
    offered_at: datetime | None
    ended_at: datetime | None


class SupportChange(BaseModel):
    """What changed around it: who pays, where the child lives, who looks after it."""

    what: str
    was: str | None
    became: str | None
    day: date


class NotedFacts(BaseModel):
    """What staff noted of a young person's support because the contract asks for it."""

    child_age: str | None
    unplanned_moves: int | None
    away_at_start: bool | None
    away_at_end: bool | None
    plan_on: date | None
    disengaged_on: date | None
    back_on: date | None


class QuestionnaireTotal(BaseModel):
    """The total of a questionnaire about a young person that others asked."""

    informant: str
    day: date
    total: int


class GivenCharacteristic(BaseModel):
    """Something that a young person said of themselves, or their worker for them."""

    what: str
    value: str
    given_by: str
    at: datetime


class Support(BaseModel):
    """A support episode in which somebody answers or answered, from when to when.

    `noted` and `totals` are about the young person, and told to nobody else.
    """

    episode: str
    strand: str
    intervention: str
    lives: str
    commissioner: str
    opened_on: str
    closed_on: str | None
    close_reason: str | None
    since: datetime
    until: datetime | None
    changes: list[SupportChange]
    noted: NotedFacts | None
    totals: list[QuestionnaireTotal]


class Chat(BaseModel):
    """A chat through which somebody speaks with us; its number is theirs and not shown."""

    channel: str
    linked_at: datetime
    blocked_at: datetime | None


class NotedConcern(BaseModel):
    """That a person had to read something, and when somebody did."""

    level: str
    about: list[str]
    raised_at: datetime
    acknowledged_at: datetime | None


class StaffNote(BaseModel):
    """Something about this person that staff were told to look at, without anybody's words."""

    kind: str
    at: datetime
    seen_at: datetime | None


class Invitation(BaseModel):
    """That somebody was invited; the code itself is stored nowhere."""

    made_at: datetime
    expires_at: datetime
    redeemed_at: datetime | None


class Numbers(BaseModel):
    """What one set of answers says in numbers, under a pseudonym: what figures are made from."""

    instrument: str
    version: int
    wave: str
    day: date
    complete: bool
    scores: dict[str, int]


class OwnTimes(BaseModel):
    """When somebody wants to be asked; `council` says whose school terms count."""

    suits: str | None
    at_most_days: int
    council: str | None


class EmailAddress(BaseModel):
    """An e-mail address to which we may say that something is waiting."""

    address: str
    asked_at: datetime | None
    confirmed_at: datetime | None
    last_sent_at: datetime | None
    failed_at: datetime | None


class Hold(BaseModel):
    """That staff let nobody ask this person for a while, and when that ended."""

    reason: str
    since: datetime
    lifted_at: datetime | None


class QuietTime(BaseModel):
    """That somebody went quiet, or came back, as far as we could tell."""

    kind: str
    at: datetime
    over_at: datetime | None


class GoalRating(BaseModel):
    """How near somebody said that they are: 0 to 10."""

    value: int
    at: datetime


class RatedGoal(BaseModel):
    """Something that somebody wants to reach, in words of their own, and how near they are."""

    text: str
    made_at: datetime
    ended_at: datetime | None
    ratings: list[GoalRating]


class GivenAgreement(BaseModel):
    """Who agreed that somebody takes part, and whether the young person understood it."""

    agreed_by: str
    understands: str
    day: date


class MadeWish(BaseModel):
    """What somebody wished about what we keep, and what became of it."""

    kind: str
    at: datetime
    due_at: datetime
    decided_at: datetime | None
    decision: str | None
    reason: str | None


class Everything(BaseModel):
    """All that is stored about one person."""

    participant: str
    role: str
    age_band: str
    standing: str
    resting_until: datetime | None
    times: OwnTimes
    email: EmailAddress | None
    holds: list[Hold]
    quiet_times: list[QuietTime]
    chats: list[Chat]
    support: list[Support]
    characteristics: list[GivenCharacteristic]
    runs: list[GivenRun]
    words: list[OwnWords]
    messages: list[Message]
    moments: list[Moment]
    concerns: list[NotedConcern]
    staff_notes: list[StaffNote]
    invitations: list[Invitation]
    numbers: list[Numbers]
    goals: list[RatedGoal] = []
    agreements: list[GivenAgreement] = []
    wishes: list[MadeWish] = []
