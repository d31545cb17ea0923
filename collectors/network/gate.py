"""The gate in front of a device: what is not on the read allow-list is not sent."""

from __future__ import annotations

from collectors.network.commands import allowed
from models.errors import Refused


class Gate:
    """Lets through an empty line, a text of the platform's allow-list, and nothing else.

    The one exception is the enable password, and only right after `enable`.
    """

    def __init__(self, platform: str, enable_password: str | None = None) -> None:
        self._allowed = allowed(platform)
        self._secret = enable_password or None
        self._asked = False

    def check(self, data: str) -> None:
        """Do nothing where the text may be sent.

        Raises:
            Refused: It is not on the list. The message does not repeat it, since it may hold
                anything.
        """
        text = data.removesuffix("\n")
        asked, self._asked = self._asked, text == "enable"
        if text == "" or text in self._allowed or (asked and text == self._secret):
            return
        raise Refused("a text that is not on the read allow-list was not sent to the device")
