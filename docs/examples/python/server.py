"""An MCP server at home that answers only the gate in front of it, for ASSERTION = "bearer".

Of each call FastMCP checks the bearer token before it reads the body: the signature (ES256, by a key of the gate), iss, aud
and exp (without leeway). It does not check jti, method or URL: who gets hold of an assertion can use it for other calls to
this server until it ends, 60 seconds after it was made.

FastMCP asks for the keys again when it meets one that it does not know, at most every 5 seconds, and forgets them after an
hour. After a theft of the gate's key, start this server anew.
"""

import os
from urllib.parse import urlsplit

from fastmcp import FastMCP
from fastmcp.server.auth import AccessToken
from fastmcp.server.auth.providers.jwt import JWTVerifier
from fastmcp.server.dependencies import get_access_token

ISSUER, AUDIENCE = os.environ["ISSUER"], os.environ["AUDIENCE"]


class Assertions(JWTVerifier):
    """JWTVerifier takes a token that never ends; the gate makes none."""

    async def verify_token(self, token: str) -> AccessToken | None:
        access = await super().verify_token(token)
        return access if access and access.expires_at else None


assertions = Assertions(
    jwks_uri=f"{ISSUER}/.well-known/jwks.json",
    jwks_refresh_interval=5,
    issuer=ISSUER,
    audience=AUDIENCE,
    algorithm="ES256",
)
mcp = FastMCP("home", auth=assertions)


@mcp.tool
def whoami() -> str:
    """Says as whom the gate let you in."""
    claims = get_access_token().claims
    caller = f"{claims['sub']}, client {claims.get('client_id', 'unknown')}"
    print(f"whoami: {caller}", flush=True)
    return caller


# Without sessions: each request stands for itself.
mcp.run(
    transport="http",
    host="127.0.0.1",
    port=int(os.environ.get("PORT", "8383")),
    path=urlsplit(AUDIENCE).path,
    stateless_http=True,
    show_banner=False,
)
