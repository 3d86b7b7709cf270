// Flows by oauth4webapi, call by call: what openid-client does by itself stands here, with every check that there is.
import assert from 'node:assert/strict';
import * as oauth from 'oauth4webapi';
import { claimsOf } from './world.mjs';

const PLAIN = { [oauth.allowInsecureRequests]: true };
const SCOPE = 'openid profile email';
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

async function discovered(world, algorithm = 'oidc') {
  const issuer = new URL(world.issuer);
  return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm, ...PLAIN }));
}

// One client of the server, and the calls that it makes.
class Calls {
  constructor(world, as, { id, secret, redirectUri }, { proof, metadata } = {}) {
    this.world = world;
    this.as = as;
    this.client = { client_id: id, ...metadata };
    this.proof = proof ?? (secret ? oauth.ClientSecretBasic(secret) : oauth.None());
    this.redirectUri = redirectUri;
  }

  static async of(world, name, how) {
    return new Calls(world, await discovered(world), world.clients[name], how);
  }

  async begin(parameters = {}) {
    const [verifier, state, nonce] = [
      oauth.generateRandomCodeVerifier(),
      oauth.generateRandomState(),
      oauth.generateRandomNonce(),
    ];
    const sent = new URLSearchParams({
      client_id: this.client.client_id,
      redirect_uri: this.redirectUri,
      response_type: 'code',
      scope: SCOPE,
      state,
      nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...parameters,
    });
    return { verifier, state, nonce, sent };
  }

  async push(sent, options = {}) {
    const ask = () => oauth.pushedAuthorizationRequest(this.as, this.client, this.proof, sent, { ...PLAIN, ...options });
    const read = (answer) => oauth.processPushedAuthorizationResponse(this.as, this.client, answer);
    const { request_uri } = await this.again(ask, read);
    return new URLSearchParams({ client_id: this.client.client_id, request_uri });
  }

  // Do it once more where only the nonce of a proof was missing.
  async again(ask, read) {
    try {
      return await read(await ask());
    } catch (error) {
      if (!oauth.isDPoPNonceError(error)) throw error;
      return read(await ask());
    }
  }

  async visit(sent, person = this.world.margaret, decision = 'allow') {
    const url = new URL(this.as.authorization_endpoint);
    url.search = sent;
    return person.visit(url, decision);
  }

  async redeem(begun, back, { options = {}, maxAge, more } = {}) {
    const answer = back instanceof Request ? new URLSearchParams(await oauth.formPostResponse(back)) : back;
    const parameters = oauth.validateAuthResponse(this.as, this.client, answer, begun.state);
    const settings = { ...PLAIN, ...options, additionalParameters: more };
    let response;
    const ask = async () => {
      response = await oauth.authorizationCodeGrantRequest(
        this.as, this.client, this.proof, parameters, this.redirectUri, begun.verifier, settings,
      );
      return response;
    };
    const checks = { expectedNonce: begun.nonce, maxAge, requireIdToken: true };
    const read = (each) => oauth.processAuthorizationCodeResponse(this.as, this.client, each, checks);
    const issued = await this.again(ask, read);
    await oauth.validateApplicationLevelSignature(this.as, response, PLAIN);
    return issued;
  }

  async tokens({ parameters, options, maxAge, more } = {}) {
    const begun = await this.begin(parameters);
    return this.redeem(begun, await this.visit(begun.sent), { options, maxAge, more });
  }

  async refresh(token, { options = {}, more } = {}) {
    const settings = { ...PLAIN, ...options, additionalParameters: more };
    const ask = () => oauth.refreshTokenGrantRequest(this.as, this.client, this.proof, token, settings);
    return this.again(ask, (answer) => oauth.processRefreshTokenResponse(this.as, this.client, answer));
  }

  async userinfo(token, subject, options = {}) {
    let response;
    const ask = async () => {
      response = await oauth.userInfoRequest(this.as, this.client, token, { ...PLAIN, ...options });
      return response;
    };
    const told = await this.again(ask, (each) => oauth.processUserInfoResponse(this.as, this.client, subject, each));
    if (this.client.userinfo_signed_response_alg) {
      await oauth.validateApplicationLevelSignature(this.as, response, PLAIN);
    }
    return told;
  }

  async check(issued, options) {
    const { sub } = oauth.getValidatedIdTokenClaims(issued);
    const told = await this.userinfo(issued.access_token, sub, options);
    assert.equal(told.email, `${this.world.name}@mail.example`);
  }

  async introspect(token) {
    const answer = await oauth.introspectionRequest(this.as, this.client, this.proof, token, PLAIN);
    return oauth.processIntrospectionResponse(this.as, this.client, answer);
  }

  async revoke(token) {
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(this.as, this.client, this.proof, token, PLAIN),
    );
  }
}

async function refusal(promise) {
  try {
    await promise;
  } catch (error) {
    return error.error ?? error.cause?.[0]?.parameters?.error ?? error.cause?.[0]?.scheme ?? error.message;
  }
  throw new Error('this was not refused');
}

const bound = async (calls, algorithm = 'ES256') => ({
  DPoP: oauth.DPoP(calls.client, await oauth.generateKeyPair(algorithm)),
});

const code = (name, how) => async (world) => {
  const calls = await Calls.of(world, name, await how?.(world));
  await calls.check(await calls.tokens());
};

export const scenarios = {
  async 'discovery by OpenID Connect and by OAuth'(world) {
    const [one, two] = [await discovered(world), await discovered(world, 'oauth2')];
    assert.deepEqual(one, two);
    assert.equal(one.authorization_response_iss_parameter_supported, true);
  },

  async 'discovery of the resource that tells of people'(world) {
    const resource = new URL(`${world.issuer}/oauth/userinfo`);
    const answer = await oauth.resourceDiscoveryRequest(resource, PLAIN);
    const told = await oauth.processResourceDiscoveryResponse(resource, answer);
    assert.deepEqual(told.authorization_servers, [world.issuer]);
  },

  'code of a client with a secret in the header': code('basic'),
  'code of a client with a secret in the body': code('post', (world) => ({
    proof: oauth.ClientSecretPost(world.clients.post.secret),
  })),
  'code of a client that signs': code('key', async (world) => ({
    proof: oauth.PrivateKeyJwt(await world.key('ES256')),
  })),
  'code of a page': code('spa'),
  'code of an app': code('native'),
  'code of a client whose tokens are signed with ES256': code('signed', () => ({
    metadata: { id_token_signed_response_alg: 'ES256', userinfo_signed_response_alg: 'ES256' },
  })),
  'code of a client that takes no longer sign-in than an hour': code('basic', () => ({
    metadata: { default_max_age: 3600, require_auth_time: true },
  })),

  async 'pushed request'(world) {
    const calls = await Calls.of(world, 'basic');
    const begun = await calls.begin();
    const back = await calls.visit(await calls.push(begun.sent));
    await calls.check(await calls.redeem(begun, back));
  },

  async 'signed request'(world) {
    const calls = await Calls.of(world, 'key', { proof: oauth.PrivateKeyJwt(await world.key('PS256')) });
    const begun = await calls.begin({ max_age: '3600' });
    const request = await oauth.issueRequestObject(calls.as, calls.client, begun.sent, await world.key('EdDSA'));
    const back = await calls.visit(new URLSearchParams({ client_id: calls.client.client_id, request }));
    await calls.check(await calls.redeem(begun, back, { maxAge: 3600 }));
  },

  async 'answer as a form'(world) {
    const calls = await Calls.of(world, 'basic');
    const begun = await calls.begin({ response_mode: 'form_post' });
    const back = await calls.visit(begun.sent);
    assert.ok(back instanceof Request);
    await calls.check(await calls.redeem(begun, back));
  },

  async 'refresh tokens are used once'(world) {
    const calls = await Calls.of(world, 'basic');
    const first = await calls.tokens();
    const second = await calls.refresh(first.refresh_token, { more: { scope: 'openid' } });
    const third = await calls.refresh(second.refresh_token);
    assert.deepEqual([second.scope, third.scope], ['openid', SCOPE]);
    const [one, two] = [first, third].map((each) => oauth.getValidatedIdTokenClaims(each));
    assert.deepEqual([one.sub, one.auth_time, one.iss], [two.sub, two.auth_time, two.iss]);
    assert.equal(two.nonce, undefined);
    assert.equal(await refusal(calls.refresh(first.refresh_token)), 'invalid_grant');
  },

  async 'client credentials'(world) {
    const calls = await Calls.of(world, 'service');
    const sent = { scope: 'reports:read', resource: world.reports };
    const answer = await oauth.clientCredentialsGrantRequest(calls.as, calls.client, calls.proof, sent, PLAIN);
    const issued = await oauth.processClientCredentialsResponse(calls.as, calls.client, answer);
    assert.deepEqual([issued.scope, issued.refresh_token], ['reports:read', undefined]);
  },

  async 'access token at its resource'(world) {
    const calls = await Calls.of(world, 'basic');
    const parameters = { scope: 'openid reports:read', resource: world.reports };
    const { access_token: token } = await calls.tokens({ parameters });
    const shown = new Request(`${world.reports}/all`, { headers: { authorization: `Bearer ${token}` } });
    const claims = await oauth.validateJwtAccessToken(calls.as, shown, world.reports, PLAIN);
    assert.deepEqual([claims.client_id, claims.scope], [calls.client.client_id, 'openid reports:read']);
    const elsewhere = oauth.validateJwtAccessToken(calls.as, shown, world.invoices, PLAIN);
    assert.match(await refusal(elsewhere), /"aud"/);
  },

  async 'ID token is no access token'(world) {
    const calls = await Calls.of(world, 'basic');
    const { id_token: token } = await calls.tokens();
    const shown = new Request(world.reports, { headers: { authorization: `Bearer ${token}` } });
    const taken = oauth.validateJwtAccessToken(calls.as, shown, calls.client.client_id, PLAIN);
    assert.match(await refusal(taken), /"typ"/);
    assert.equal(await refusal(calls.userinfo(token, oauth.skipSubjectCheck)), 'invalid_token');
  },

  async 'access token at its resource with proof of possession'(world) {
    const calls = await Calls.of(world, 'basic');
    const options = await bound(calls);
    const parameters = { scope: 'openid reports:read', resource: world.reports };
    const issued = await calls.tokens({ parameters, options });
    assert.equal(issued.token_type, 'dpop');
    let shown;
    const customFetch = async (url, init) => {
      shown = new Request(url, { method: init.method, headers: init.headers });
      return new Response();
    };
    const url = new URL(`${world.reports}/all`);
    const sending = { ...options, [oauth.customFetch]: customFetch };
    await oauth.protectedResourceRequest(issued.access_token, 'GET', url, undefined, undefined, sending);
    const claims = await oauth.validateJwtAccessToken(calls.as, shown, world.reports, { requireDPoP: true, ...PLAIN });
    assert.equal(claims.cnf.jkt, await options.DPoP.calculateThumbprint());
  },

  async 'resources'(world) {
    const calls = await Calls.of(world, 'basic');
    const begun = await calls.begin({ scope: 'openid reports:read' });
    for (const resource of [world.reports, world.invoices]) begun.sent.append('resource', resource);
    const issued = await calls.redeem(begun, await calls.visit(begun.sent), { more: { resource: world.invoices } });
    assert.equal(claimsOf(issued.access_token).aud, world.invoices);
    const next = await calls.refresh(issued.refresh_token, { more: { resource: world.reports } });
    assert.equal(claimsOf(next.access_token).aud, world.reports);
    const wrong = calls.refresh(next.refresh_token, { more: { resource: 'https://elsewhere.example' } });
    assert.equal(await refusal(wrong), 'invalid_target');
  },

  async 'token exchange'(world) {
    const calls = await Calls.of(world, 'basic');
    const parameters = { scope: 'openid reports:read', resource: world.reports };
    const { access_token: token } = await calls.tokens({ parameters });
    const service = await Calls.of(world, 'service');
    const sent = { subject_token: token, subject_token_type: ACCESS_TOKEN, audience: world.invoices };
    const answer = await oauth.genericTokenEndpointRequest(
      service.as, service.client, service.proof, EXCHANGE, new URLSearchParams(sent), PLAIN,
    );
    const exchanged = await oauth.processGenericTokenEndpointResponse(service.as, service.client, answer);
    assert.equal(exchanged.issued_token_type, ACCESS_TOKEN);
    const headers = { authorization: `Bearer ${exchanged.access_token}` };
    const shown = new Request(world.invoices, { headers });
    const claims = await oauth.validateJwtAccessToken(calls.as, shown, world.invoices, PLAIN);
    assert.equal(claims.act.sub, service.client.client_id);
  },

  async 'introspection and revocation'(world) {
    const calls = await Calls.of(world, 'basic');
    const issued = await calls.tokens();
    assert.equal((await calls.introspect(issued.access_token)).active, true);
    await calls.revoke(issued.access_token);
    assert.deepEqual(await calls.introspect(issued.access_token), { active: false });
    assert.deepEqual(await calls.introspect(issued.refresh_token), { active: false });
    assert.equal(await refusal(calls.userinfo(issued.access_token, oauth.skipSubjectCheck)), 'invalid_token');
    await calls.revoke('never-was-a-token');
  },

  async 'proof of possession of a page'(world) {
    const calls = await Calls.of(world, 'spa');
    const options = await bound(calls);
    const issued = await calls.tokens({ options });
    await calls.check(issued, options);
    const bare = calls.userinfo(issued.access_token, oauth.skipSubjectCheck);
    assert.equal(await refusal(bare), 'invalid_token');
    const another = await bound(calls);
    assert.equal(await refusal(calls.refresh(issued.refresh_token, { options: another })), 'invalid_grant');
    assert.equal((await calls.refresh(issued.refresh_token, { options })).token_type, 'dpop');
  },

  async 'proof of possession with every kind of key'(world) {
    const calls = await Calls.of(world, 'service');
    for (const algorithm of calls.as.dpop_signing_alg_values_supported) {
      const { DPoP } = await bound(calls, algorithm);
      const settings = { ...PLAIN, DPoP };
      const sent = { resource: world.reports };
      const ask = () => oauth.clientCredentialsGrantRequest(calls.as, calls.client, calls.proof, sent, settings);
      const read = (answer) => oauth.processClientCredentialsResponse(calls.as, calls.client, answer);
      assert.equal((await calls.again(ask, read)).token_type, 'dpop');
    }
  },

  async 'pushed request, signing client and proof of possession together'(world) {
    const calls = await Calls.of(world, 'strict', { proof: oauth.PrivateKeyJwt(await world.key('ES256')) });
    const options = await bound(calls);
    const begun = await calls.begin();
    const back = await calls.visit(await calls.push(begun.sent, options));
    const stolen = await bound(calls);
    assert.equal(await refusal(calls.redeem(begun, back, { options: stolen })), 'invalid_grant');
    const anew = await calls.begin({ dpop_jkt: await options.DPoP.calculateThumbprint() });
    const again = await calls.visit(await calls.push(anew.sent));
    await calls.check(await calls.redeem(anew, again, { options }), options);
  },

  async 'device without a browser'(world) {
    const calls = await Calls.of(world, 'native');
    const sent = { scope: SCOPE };
    const answer = await oauth.deviceAuthorizationRequest(calls.as, calls.client, calls.proof, sent, PLAIN);
    const begun = await oauth.processDeviceAuthorizationResponse(calls.as, calls.client, answer);
    const poll = async (by = calls) =>
      oauth.processDeviceCodeResponse(
        by.as, by.client, await oauth.deviceCodeGrantRequest(by.as, by.client, by.proof, begun.device_code, PLAIN),
      );
    assert.equal(await refusal(poll()), 'authorization_pending');
    const spelled = begun.user_code.toLowerCase().replaceAll('-', ' ');
    await world.margaret.visit(begun.verification_uri, 'allow', { user_code: spelled });
    assert.equal(await refusal(poll(await Calls.of(world, 'spa'))), 'unauthorized_client');
  },

  async 'registering oneself'(world) {
    const as = await discovered(world);
    const metadata = { client_name: 'Newcomer', redirect_uris: ['https://newcomer.example/back'] };
    const options = { ...PLAIN, initialAccessToken: world.registrationToken };
    const answer = await oauth.dynamicClientRegistrationRequest(as, metadata, options);
    const registered = await oauth.processDynamicClientRegistrationResponse(answer);
    assert.equal(registered.token_endpoint_auth_method, 'client_secret_basic');
    const { client_id: id, client_secret: secret } = registered;
    const calls = new Calls(world, as, { id, secret, redirectUri: metadata.redirect_uris[0] }, { metadata: registered });
    await calls.check(await calls.tokens());
    const nobody = await oauth.dynamicClientRegistrationRequest(as, metadata, PLAIN);
    assert.equal(await refusal(oauth.processDynamicClientRegistrationResponse(nobody)), 'invalid_token');
  },

  async 'refusals come back with state and issuer'(world) {
    const calls = await Calls.of(world, 'basic');
    const told = async (parameters, person, decision) => {
      const begun = await calls.begin(parameters);
      const back = await calls.visit(begun.sent, person, decision);
      return refusal((async () => oauth.validateAuthResponse(calls.as, calls.client, back, begun.state))());
    };
    assert.equal(await told({ prompt: 'none' }, world.somebody()), 'login_required');
    assert.equal(await told({ prompt: 'none', scope: 'openid offline_access' }), 'consent_required');
    assert.equal(await told({ prompt: 'consent' }, world.margaret, 'deny'), 'access_denied');
    assert.equal(await told({ response_type: 'token' }), 'unsupported_response_type');
    assert.equal(await told({ code_challenge_method: 'plain' }), 'invalid_request');
    assert.equal(await told({ scope: 'launch' }), 'invalid_scope');
  },

  async 'authorization details'(world) {
    const calls = await Calls.of(world, 'basic');
    assert.deepEqual(calls.as.authorization_details_types_supported, ['payment']);
    const details = [{ type: 'payment', creditor: 'Bäckerei' }];
    const issued = await calls.tokens({ parameters: { authorization_details: JSON.stringify(details) } });
    assert.deepEqual(issued.authorization_details, details);
  },
};
