"""The gate in front of a device: what is not on the read allow-list is not sent."""

from __future__ import annotations

from collectors.network.commands import allowed
from collectors.network.normalise import has_control
from models.errors import ConfigurationError, Refused


class Gate:
    """Lets through an empty line, a text of the platform's allow-list, and nothing else.

    The one exception is the enable password, and only right after `enable`. One with a control
    character in it is refused with a ConfigurationError.
    """

    def __init__(self, platform: str, enable_password: str | None = None) -> None:
        # What stands behind a line end would be a command of its own.
        if enable_password and has_control(enable_password):
            raise ConfigurationError(
                "the enable password holds a control character; it is one line"
            )
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
