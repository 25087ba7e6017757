"""What the applications on both versions of the SDK share. Each takes orders as lines of JSON, and answers with such lines."""

import json
import logging
import os
import sys
from urllib.parse import parse_qsl, urlsplit

import anyio
from mcp.client.auth import OAuthClientProvider
from mcp.shared.auth import OAuthClientMetadata

URL = os.environ["URL"]
METADATA = {
    "client_name": os.environ["NAME"],
    "grant_types": ["authorization_code", "refresh_token"],
    "redirect_uris": ["http://localhost:33418/callback"],
    "response_types": ["code"],
    "token_endpoint_auth_method": "none",
}

# What fails is told in an answer.
logging.getLogger("mcp").addHandler(logging.NullHandler())


class Memory:
    """What is remembered of the client and its tokens."""

    tokens = None
    client = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client):
        self.client = client


def say(**words):
    print(json.dumps(words), flush=True)


async def hear():
    line = await anyio.to_thread.run_sync(sys.stdin.readline)
    return json.loads(line) if line else None


def sign_in(answer):
    """The SDK's own sign-in. The browser is whoever gives the orders; `answer` makes what the SDK wants to know of where it ended."""

    async def go(url):
        say(open=url)

    async def come_back():
        order = await hear()
        return answer(dict(parse_qsl(urlsplit(order["callback"]).query)))

    metadata = OAuthClientMetadata.model_validate(METADATA)
    return OAuthClientProvider(URL, metadata, Memory(), go, come_back, client_metadata_url=os.environ.get("DOCUMENT"))


async def serve(connect):
    """Obeys. `connect` opens a connection, which lists tools and calls them."""
    order = await hear()
    while order:
        try:
            async with connect() as connection:
                say(connected=True)
                order = await obey(connection)
        except Exception as failure:
            say(failed=describe(failure))
            order = await hear()


async def obey(connection):
    """Until the next order to connect, which is returned."""
    while (order := await hear()) and order["do"] != "connect":
        try:
            if order["do"] == "tools":
                listed = await connection.list_tools()
                say(tools=[tool.name for tool in listed.tools])
            else:
                answer = await connection.call_tool(order["name"], order["arguments"], progress_callback=tell)
                say(said=answer.content[0].text)
        except Exception as failure:
            say(failed=describe(failure))
    return order


async def tell(progress, total, message):
    say(progress=progress)


def describe(failure):
    """The name of what failed, without the groups of tasks around it."""
    while getattr(failure, "exceptions", None):
        failure = failure.exceptions[0]
    return f"{type(failure).__name__}: {failure}"
