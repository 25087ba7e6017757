"""An application on version 2 of the Python SDK, in either era of the protocol."""

import os
from contextlib import asynccontextmanager

import anyio
import httpx2
from mcp import Client
from mcp.client.auth import AuthorizationCodeResult
from mcp.client.streamable_http import streamable_http_client

from application import URL, serve, sign_in

AUTH = sign_in(AuthorizationCodeResult.model_validate)


@asynccontextmanager
async def connect():
    async with (
        httpx2.AsyncClient(auth=AUTH, timeout=30) as http,
        Client(streamable_http_client(URL, http_client=http), mode=os.environ["MODE"]) as client,
    ):
        yield client


anyio.run(serve, connect)
