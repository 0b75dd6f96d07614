"""One process of several that share due moments: waits for a word, works, prints what it did.

It is started by the measurement with `python -m starling.bench.worker` and told everything on its
standard input: nothing secret stands in its arguments.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from datetime import datetime
from typing import Any

from starling.bench.askings import Moment, dispatch_all, open_courier
from starling.compose import Sources, open_service
from starling.settings import Settings


async def work(told: dict[str, Any]) -> dict[str, Any]:
    """Dispatch what is due until nothing is; return how many left, from when to when."""
    settings = Settings.model_validate(
        {"database_url": told["database_url"], "secret_keys": told["key"]}
    )
    async with open_service(settings, Sources(node=told["node"])) as service:
        clock = Moment(datetime.fromisoformat(told["now"]))
        async with open_courier(service, clock) as (courier, box):
            sys.stdout.write("ready\n")
            sys.stdout.flush()
            await asyncio.to_thread(sys.stdin.readline)
            cpu, began = time.process_time(), time.perf_counter()
            await dispatch_all(service, courier, clock)
            ended = time.perf_counter()
            used = time.process_time() - cpu
            return {"sent": len(box.left_at), "began": began, "ended": ended, "cpu": used}


def main() -> None:
    """Read what to do, do it, and print what came of it."""
    told = json.loads(sys.stdin.readline())
    sys.stdout.write(json.dumps(asyncio.run(work(told))) + "\n")


if __name__ == "__main__":
    main()
