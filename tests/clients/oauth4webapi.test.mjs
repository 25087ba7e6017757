// A strict client of OAuth, which knows little of MCP: the journey, and what it is told of each mistake, as the library's own typed errors.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Browser } from '../workerd/support/browser.mjs';
import { startEdge } from '../workerd/support/edge.mjs';
import { startEverything } from '../workerd/support/everything.mjs';
import { startOrigin } from '../workerd/support/origin.mjs';
import { decide } from '../workerd/support/sign_in.mjs';
import { Application } from './node/oauth4webapi.mjs';
import { SignIn } from './node/strict_sign_in.mjs';
import { journey } from './support/journey.mjs';
import { npmVersion } from './support/versions.mjs';

journey({
  name: 'oauth4webapi',
  version: npmVersion('oauth4webapi'),
  protocol: '2025-11-25',
  startHome: startEverything,
  start: (options) => new Application(options),
  refusal: /unexpected "iss"/,
  failure: /ResponseBodyError: invalid_grant/,
});

describe('oauth4webapi, by its own discovery,', () => {
  let edge;
  let origin;
  let signIn;
  before(async () => {
    origin = await startOrigin();
    edge = await startEdge({ ORIGIN: origin.url });
    signIn = await SignIn.begin(new URL(edge.mcp), 'A strict client');
  });
  after(async () => {
    await edge.stop();
    await origin.stop();
  });

  /** An answer of the owner's, accepted, and all that is needed to redeem it. */
  async function answered(decision = 'approve') {
    const { url, verifier, state } = await signIn.ask();
    return { verifier, answer: signIn.accept(await decide(new Browser(), url, decision), state) };
  }

  async function connected() {
    const { answer, verifier } = await answered();
    return signIn.redeem(answer, verifier);
  }

  const told = (error, status = 400) => ({ name: 'ResponseBodyError', code: 'OAUTH_RESPONSE_BODY_ERROR', error, status });
  /** The challenge that is parsed from the answer to a call with this token. */
  async function challenged(token) {
    const [challenge] = await signIn.call(token).then(
      () => assert.fail('it was admitted'),
      (failure) => failure.cause,
    );
    return [challenge.scheme, challenge.parameters.error, challenge.parameters.resource_metadata];
  }
  const invalidToken = () => ['bearer', 'invalid_token', `${edge.url}/.well-known/oauth-protected-resource/mcp`];

  test('is registered, let in and admitted, and renews its tokens', async () => {
    const tokens = await connected();
    assert.equal((await signIn.call(tokens.access_token)).status, 200);
    const next = await signIn.refresh(tokens.refresh_token);
    assert.equal((await signIn.call(next.access_token)).status, 200);
  });

  test('is told when the person says no', async () => {
    await assert.rejects(answered('deny'), { name: 'AuthorizationResponseError', error: 'access_denied' });
  });

  test('is told of a wrong verifier and of a wrong redirect URI, and may correct itself', async () => {
    const { answer, verifier } = await answered();
    await assert.rejects(signIn.redeem(answer, 'x'.repeat(43)), told('invalid_grant'));
    await assert.rejects(signIn.redeem(answer, verifier, 'http://localhost:33418/elsewhere'), told('invalid_grant'));
    assert.equal((await signIn.redeem(answer, verifier)).token_type, 'bearer');
  });

  test('is told that its code was used before, and loses what it got for it', async () => {
    const { answer, verifier } = await answered();
    const tokens = await signIn.redeem(answer, verifier);
    await assert.rejects(signIn.redeem(answer, verifier), told('invalid_grant'));
    assert.deepEqual(await challenged(tokens.access_token), invalidToken());
    await assert.rejects(signIn.refresh(tokens.refresh_token), told('invalid_grant'));
  });

  test('is told that it is not known', async () => {
    const { answer, verifier } = await answered();
    const stranger = signIn.as({ client_id: 'of-another-time' });
    await assert.rejects(stranger.redeem(answer, verifier), told('invalid_client', 401));
    await assert.rejects(stranger.refresh((await connected()).refresh_token), told('invalid_client', 401));
    await assert.rejects(stranger.revoke('anything'), told('invalid_client', 401));
  });

  test('revokes its refresh token, and with it everything', async () => {
    const { access_token: access, refresh_token: refresh } = await connected();
    assert.equal(await signIn.revoke(refresh), undefined);
    assert.deepEqual(await challenged(access), invalidToken());
    await assert.rejects(signIn.refresh(refresh), told('invalid_grant'));
  });

  test('revokes its access token, and may have a new one', async () => {
    const { access_token: access, refresh_token: refresh } = await connected();
    await signIn.revoke(access);
    assert.deepEqual(await challenged(access), invalidToken());
    assert.equal((await signIn.call((await signIn.refresh(refresh)).access_token)).status, 200);
  });

  test('is not told whether a token that it revokes was any good', async () => {
    assert.equal(await signIn.revoke('no token'), undefined);
  });
});
