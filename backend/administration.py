"""The use cases about rules, defaults and how busy everything is. A part of the service."""

from backend import checks, roles
from backend.defaults import Defaults, filled_in
from backend.people import Asker, Person, Place
from backend.requests import ImagineRequest
from backend.roles import Rules
from backend.service_parts import ServiceParts
from backend.views import StatusView


class Administration(ServiceParts):
    """Lets admins settle what others may do, and everyone what their own requests mean."""

    async def rules(self, asker: Asker) -> Rules:
        """Return the rules of somebody's workspace; raises BackendError (not_allowed)."""
        roles.check_admin(asker.standing)
        return await self._store.rules.rules(asker.person.workspace)

    async def set_rules(self, asker: Asker, rules: Rules) -> None:
        """Replace the rules of somebody's workspace; raises BackendError (not_allowed)."""
        roles.check_admin(asker.standing)
        await self._store.rules.set_rules(asker.person, rules, self._now())

    async def pause(self, asker: Asker, paused: bool) -> Rules:
        """Have jobs wait in the queue, or begin again; raises BackendError (not_allowed)."""
        rules = (await self.rules(asker)).model_copy(update={"paused": paused})
        await self.set_rules(asker, rules)
        return rules

    async def drain(self, asker: Asker, draining: bool) -> Rules:
        """Take nothing new, or take it again; raises BackendError (not_allowed)."""
        rules = (await self.rules(asker)).model_copy(update={"draining": draining})
        await self.set_rules(asker, rules)
        return rules

    async def listens_in(self, workspace: str, channel: str) -> bool:
        """Tell whether a plain message in a channel is a prompt if a learned token is in it."""
        rules = await self._store.rules.rules(workspace)
        usable = not rules.channels or channel in rules.channels
        return usable and channel in rules.listening

    async def status(self, asker: Asker) -> StatusView:
        """Return how busy everything is; raises BackendError (guest, not_allowed)."""
        await self._let_in(asker)
        rules = await self._store.rules.rules(asker.person.workspace)
        return await self._store.rules.status(self._settings.slots, rules, self._now())

    async def defaults(self, person: Person) -> Defaults:
        """Return what somebody's requests mean where they do not say."""
        return await self._store.rules.defaults(person)

    async def set_defaults(self, person: Person, defaults: Defaults) -> None:
        """Replace them, after checking them like a request; raises BackendError.

        bad_number, base_model.
        """
        base = await self._base.get()
        request = ImagineRequest("a toy", person, Place(person.workspace, ""), "")
        checks.checked_numbers(filled_in(request, defaults), self._settings, base.resolution, 0)
        await self._store.rules.set_defaults(person, defaults)
