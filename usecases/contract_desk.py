"""What staff see of one support episode besides who answers: facts, totals, characteristics.

It changes nothing, and shows nothing that anybody answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from outcomes.measures.characteristics import Characteristic
from storage import contract, episodes, sdq
from storage.casework import Casework
from storage.characteristics import Given
from storage.contract import Noted
from storage.episodes import SupportEpisode
from storage.sdq import StoredTotal
from usecases import characteristics
from usecases.refusal import Refusal
from usecases.service import Service


@dataclass(frozen=True, slots=True)
class ContractDesk:
    """One support episode with its child's case reference and all that is noted beside it."""

    episode: SupportEpisode
    case: str
    noted: Noted
    given: Mapping[Characteristic, Given]
    totals: tuple[StoredTotal, ...]


async def see(service: Service, episode_id: str) -> ContractDesk:
    """Return what is noted of a support episode. Raises Refusal."""
    return await service.lane.read(lambda connection: _see(service.open(connection), episode_id))


def _see(work: Casework, episode_id: str) -> ContractDesk:
    episode = episodes.load(work, episode_id)
    if episode is None:
        msg = "There is no support episode with this id. See `starling episode list`."
        raise Refusal(msg)
    return ContractDesk(
        episode=episode,
        case=episodes.case_references(work, [episode.child_id])[episode.child_id],
        noted=contract.load(work, episode_id),
        given=characteristics.of_child(work, episode.child_id),
        totals=tuple(sdq.of_episodes(work, [episode_id])),
    )
