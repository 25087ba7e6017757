"""An application on version 1 of the Python SDK."""

from contextlib import asynccontextmanager

import anyio
import httpx
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

from application import URL, serve, sign_in

# This version has no place for the issuer of the answer.
AUTH = sign_in(lambda answer: (answer["code"], answer["state"]))


@asynccontextmanager
async def connect():
    async with (
        httpx.AsyncClient(auth=AUTH, timeout=30) as http,
        streamable_http_client(URL, http_client=http) as (read, write, _),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        yield session


anyio.run(serve, connect)
