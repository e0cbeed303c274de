"""Workers killed a hundred times over a queue of real pictures: takes some ten minutes.

They are forked from a process with the libraries loaded, which leaves the seconds that loading
the base model takes. Three are there at a time, so that others go on while one is started anew.
"""

import signal
from pathlib import Path
from random import Random

import numpy as np
import pytest
from PIL import Image

from backend.engine import Engine
from backend.engine_draws import Draw
from backend.migrate import migrate
from backend.store import Store
from cluster.base import base_hash
from tests.crowd import Crowd, check_all_drawn_once, kill_at_random
from tests.postgres import PostgresServer
from tests.worker_processes import ROOT, ForkedWorker, Pool, worker_settings

pytestmark = [pytest.mark.soak, pytest.mark.postgres, pytest.mark.timeout(5400)]

KILLS = 100
TOYBOX = ROOT / "demo" / "toybox" / "model"


async def test_a_hundred_killed_workers_lose_no_picture_and_double_none(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    cache = tmp_path / "openvino"
    engine = Engine.load(TOYBOX, cache)
    url = postgres_server.new_database("killed_workers")
    settings = worker_settings(tmp_path / "data", TOYBOX, cache, url)
    await migrate(url)
    crowd = Crowd(Store.open(settings), base_hash(TOYBOX), Random(11), steps=6)
    pool = Pool(settings, tmp_path / "logs", 3, ForkedWorker)
    await kill_at_random(pool, crowd, KILLS)
    renders = await crowd.all_ended()
    # One that is still loading holds nothing yet, and a signal simply ends it.
    assert set(pool.stop()) <= {0, -signal.SIGTERM}
    await check_all_drawn_once(crowd, settings, pool.all)
    print(
        f"\n{KILLS} kills, {len(renders)} renders, {len(crowd.looked_at)} pictures, "
        f"{pool.count('leases_expired')} times leases expired, "
        f"{pool.count('picture_found')} pictures found finished"
    )
    for picture in crowd.random.sample([one for r in renders for one in r.pictures], 10):
        assert picture.path is not None
        [alone] = engine.draw([Draw(picture.recipe)])
        assert alone is not None
        with Image.open(picture.path) as drawn:
            assert (np.asarray(drawn) == np.asarray(alone.picture)).all()
    await crowd.store.close()
