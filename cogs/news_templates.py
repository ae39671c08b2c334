"""The modal in which templates are written. What was typed with a fault in it is kept, to be mended by a button."""

import re
from typing import Any

import discord

from bot.domain.subscriptions import Draft, draft_from_json, draft_to_json
from bot.domain.templates import Templates
from bot.domain.wording import Phrase, _
from bot.errors import RefusedError
from bot.services.subscribing import Changes
from cogs.answering import Answer, Reply, answer
from cogs.buttons import lasting
from cogs.modals import open_modal
from cogs.news_cards import named
from cogs.news_commands import manager_of
from cogs.services import Services

LONGEST = 1_000
_PATIENCE = 15 * 60.0  # Seconds to write in; Discord gives the answer no more.


class TemplatesModal(discord.ui.Modal):
    """Three templates, filled in with those of now."""

    def __init__(
        self,
        services: Services,
        interaction: discord.Interaction,
        subscription_id: int,
        templates: Templates,
    ) -> None:
        speaker = services.texts.speaker(str(interaction.locale))
        super().__init__(
            title=speaker.say("Templates")[:45],
            custom_id=f"nightdesk:templates:{subscription_id}",
            timeout=_PATIENCE,
        )
        self._services = services
        self._subscription_id = subscription_id
        self._fields = {
            "name": _field(speaker.say("Name of the thread"), templates.name, paragraph=False),
            "starter": _field(speaker.say("Its first message"), templates.starter),
            "update": _field(speaker.say("An update of a live blog"), templates.update),
        }
        for label in self._fields.values():
            self.add_item(label)

    async def on_submit(self, interaction: discord.Interaction) -> None:
        typed = Templates(**{name: _text(label) for name, label in self._fields.items()})
        work = keep_templates(
            self._services, interaction, Draft(subscription_id=self._subscription_id, templates=typed)
        )
        await answer(interaction, work, self._services.texts)


async def keep_templates(services: Services, interaction: discord.Interaction, draft: Draft) -> Answer:
    """The templates hold from now on; or else their fault, with a button that brings them back to be mended."""
    manager = manager_of(interaction)
    changes = Changes(templates=draft.templates)
    try:
        card = await services.subscribing.edit(manager.guild_id, str(draft.subscription_id), changes)
    except RefusedError as fault:
        proposal_id = await services.proposals.keep(manager, draft_to_json(draft))
        return Reply(
            text=Phrase(fault.template, **fault.params),
            view=_mend(services.texts.say(str(interaction.locale), "Mend it"), proposal_id),
        )
    return Phrase(_("The templates of {feed} hold from now on."), feed=f"**{named(card)}**")


def mend_button(services: Services) -> type[discord.ui.DynamicItem[Any]]:
    async def bring_back(interaction: discord.Interaction, match: re.Match[str]) -> None:
        async def making() -> discord.ui.Modal:
            payload = await services.proposals.read(manager_of(interaction), int(match["proposal_id"]))
            draft = draft_from_json(payload)
            return TemplatesModal(services, interaction, draft.subscription_id, draft.templates)

        await open_modal(interaction, making(), services.texts)

    return lasting(r"nightdesk:mend:(?P<proposal_id>\d{1,19})", bring_back)


def _mend(label: str, proposal_id: int) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label=label, custom_id=f"nightdesk:mend:{proposal_id}"))
    view.stop()  # A DynamicItem answers, also after a restart.
    return view


def _field(text: str, default: str, *, paragraph: bool = True) -> discord.ui.Label[Any]:
    style = discord.TextStyle.paragraph if paragraph else discord.TextStyle.short
    written: discord.ui.TextInput[Any] = discord.ui.TextInput(
        style=style, default=default or None, required=False, max_length=LONGEST
    )
    return discord.ui.Label(text=text[:45], component=written)


def _text(label: discord.ui.Label[Any]) -> str:
    assert isinstance(label.component, discord.ui.TextInput)
    return label.component.value.strip()
