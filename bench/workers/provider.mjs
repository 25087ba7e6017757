// The same pass-through, guarded by the library that most MCP servers on Workers are guarded by. Whoever comes to its authorization
// endpoint is let in without a word: how an owner is asked is each application's own affair, and is not what is measured.
import { OAuthProvider } from '@cloudflare/workers-oauth-provider';
import { env } from 'cloudflare:workers';

const home = {
  fetch(request, env) {
    // As Gatelodge does: PUT is no method of MCP.
    if (request.method === 'PUT') return Response.json({ error: 'method_not_allowed' }, { status: 405 });
    return fetch(new Request(env.ORIGIN, request));
  },
};

const owner = {
  async fetch(request, { OAUTH_PROVIDER }) {
    if (new URL(request.url).pathname !== '/authorize') return Response.json({ error: 'not_found' }, { status: 404 });
    const asked = await OAUTH_PROVIDER.parseAuthRequest(request);
    const { redirectTo } = await OAUTH_PROVIDER.completeAuthorization({
      request: asked,
      userId: 'owner',
      scope: asked.scope,
      metadata: {},
      props: { user: 'owner' },
      // Each round has a sign-in of its own, and none ends another.
      revokeExistingGrants: false,
    });
    return Response.redirect(redirectTo, 303);
  },
};

export default new OAuthProvider({
  apiRoute: '/mcp',
  apiHandler: home,
  defaultHandler: owner,
  authorizeEndpoint: '/authorize',
  tokenEndpoint: '/token',
  clientRegistrationEndpoint: '/register',
  scopesSupported: ['mcp'],
  requiredScopes: ['mcp'],
  resourceMetadata: { resource: `${env.ISSUER}/mcp`, authorization_servers: [env.ISSUER] },
});
