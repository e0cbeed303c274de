"""What every use case stands on: the store, the base model, the settings, the time."""

from backend import checks, roles
from backend.base import BaseShelf
from backend.clock import Clock, utc_now
from backend.errors import BackendError, ErrorCode
from backend.people import Asker
from backend.settings import BackendSettings
from backend.store import Store
from backend.views import ConceptView
from cluster.settings import ClusterSettings


class ServiceParts:
    """The common ground of the parts of the service."""

    def __init__(
        self,
        store: Store,
        base: BaseShelf,
        settings: BackendSettings,
        cluster: ClusterSettings,
        clock: Clock = utc_now,
    ) -> None:
        self._store = store
        self._base = base
        self._settings = settings
        self._cluster = cluster
        self._now = clock

    async def _let_in(self, asker: Asker) -> None:
        """Refuse whom the rules keep out; raises BackendError (guest, not_allowed)."""
        roles.check_entry(await self._store.rules.rules(asker.person.workspace), asker)

    async def _visible(self, workspace: str, asker: Asker | None) -> tuple[ConceptView, ...]:
        concepts = await self._store.concepts.all_of(workspace)
        return tuple(one for one in concepts if roles.can_see(one, asker))

    async def _hidden_tokens(self, workspace: str, asker: Asker | None) -> frozenset[str]:
        concepts = await self._store.concepts.all_of(workspace)
        return frozenset(one.token for one in concepts if not roles.can_see(one, asker))

    async def _known(self, workspace: str, token: str, asker: Asker | None) -> ConceptView:
        """Return a concept; one that is hidden is as unknown as one that never was."""
        token = checks.checked_token(token)
        known = {one.token: one for one in await self._visible(workspace, asker)}
        if token not in known:
            near = checks.near_tokens(token, tuple(known))
            raise BackendError(
                ErrorCode.UNKNOWN_TOKEN,
                f"Nobody has taught {token} here.",
                suggestions=near,
                case="nobody",
                facts={"token": token},
            )
        return known[token]
