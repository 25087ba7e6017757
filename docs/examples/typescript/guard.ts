import type { IncomingMessage } from 'node:http';

import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';

/** More calls than this within a minute are refused, so that what is remembered has a bound. */
const MOST_USED = 10_000;

export type Caller = JWTPayload & { sub: string; client_id?: string; scope: string };

/** What says for each request who is behind it, or throws why it is refused. */
export function guard(issuer: string, audience: string): (request: IncomingMessage) => Promise<Caller> {
  // It asks for the keys again when it meets one that it does not know, at most every 5 seconds, and forgets them after 10 minutes.
  const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`), { cooldownDuration: 5_000, cacheMaxAge: 600_000 });
  const { origin } = new URL(audience);
  /** The identifiers that were used, and until when each of them must not come again. */
  const used = new Map<string, number>();

  function use(jti: string, exp: number) {
    const now = Date.now() / 1000;
    for (const [one, end] of used) if (end <= now) used.delete(one);
    // What has ended since it was verified may have been forgotten just now.
    if (used.has(jti) || exp <= now) throw new Error('the assertion was used before, or is over');
    if (used.size >= MOST_USED) throw new Error('too many calls within a minute');
    used.set(jti, exp);
  }

  return async ({ headers, method, url }) => {
    const assertion = headers['gatelodge-assertion'];
    if (typeof assertion !== 'string') throw new Error('there is no assertion');
    const { payload } = await jwtVerify<Caller>(assertion, keys, {
      algorithms: ['ES256'],
      audience,
      issuer,
      requiredClaims: ['exp', 'jti', 'scope', 'sub'],
    });
    if (payload.htm !== method) throw new Error('the assertion is for another method');
    if (payload.htu !== origin + url?.split('?')[0]) throw new Error('the assertion is for another URL');
    use(payload.jti!, payload.exp!);
    return payload;
  };
}
