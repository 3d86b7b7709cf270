// Flows by openid-client, which checks signatures, issuers, nonces and states, and retries for nonces of proofs.
import assert from 'node:assert/strict';
import * as client from 'openid-client';
import { claimsOf } from './world.mjs';

const STRICT = [client.allowInsecureRequests, client.enableNonRepudiationChecks];
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const SCOPE = 'openid profile email';

async function known(world, name, proof, metadata = {}) {
  const { id, secret } = world.clients[name];
  const shown = proof ?? (secret ? client.ClientSecretBasic(secret) : client.None());
  return client.discovery(new URL(world.issuer), id, metadata, shown, { execute: STRICT });
}

const byKey = async (world, algorithm) => client.PrivateKeyJwt(await world.key(algorithm));

// Ask for a code, as far as the address that the browser opens.
async function asked(redirectUri, parameters = {}) {
  const [verifier, state, nonce] = [client.randomPKCECodeVerifier(), client.randomState(), client.randomNonce()];
  return {
    checks: { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true },
    parameters: {
      redirect_uri: redirectUri,
      scope: SCOPE,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
      ...parameters,
    },
  };
}

// Go through a code flow, and return its tokens. `through` makes the address, `options` go with every request.
async function tokens(world, config, redirectUri, { parameters, checks, options, more, through, person } = {}) {
  const begun = await asked(redirectUri, parameters);
  const url = await (through ?? client.buildAuthorizationUrl)(config, begun.parameters, options);
  const back = await (person ?? world.margaret).visit(url);
  return client.authorizationCodeGrant(config, back, { ...begun.checks, ...checks }, more, options);
}

async function signedIn(world, config, redirectUri, how) {
  const issued = await tokens(world, config, redirectUri, how);
  const told = await client.fetchUserInfo(config, issued.access_token, issued.claims().sub, how?.options);
  assert.equal(told.preferred_username, world.name);
  assert.equal(told.email, `${world.name}@mail.example`);
  return issued;
}

async function refusal(promise) {
  try {
    await promise;
  } catch (error) {
    return error.error ?? error.cause?.[0]?.parameters?.error ?? error.cause?.[0]?.scheme ?? error.message;
  }
  throw new Error('this was not refused');
}

async function bound(config) {
  return { DPoP: client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256')) };
}

const code = (name, proof) => async (world) => {
  const config = await known(world, name, await proof?.(world));
  await signedIn(world, config, world.clients[name].redirectUri);
};

export const scenarios = {
  async 'discovery by OpenID Connect'(world) {
    const config = await known(world, 'basic');
    assert.equal(config.serverMetadata().issuer, world.issuer);
    assert.ok(config.serverMetadata().supportsPKCE('S256'));
  },

  async 'discovery by OAuth'(world) {
    const options = { execute: STRICT, algorithm: 'oauth2' };
    const config = await client.discovery(new URL(world.issuer), world.clients.basic.id, {}, client.None(), options);
    assert.deepEqual(config.serverMetadata(), (await known(world, 'basic')).serverMetadata());
  },

  'code of a client with a secret in the header': code('basic'),
  'code of a client with a secret in the body': code('post', (world) =>
    client.ClientSecretPost(world.clients.post.secret),
  ),
  'code of a client that signs with ES256': code('key', (world) => byKey(world, 'ES256')),
  'code of a client that signs with RS256': code('key', (world) => byKey(world, 'RS256')),
  'code of a client that signs with PS256': code('key', (world) => byKey(world, 'PS256')),
  'code of a client that signs with Ed25519': code('key', (world) => byKey(world, 'EdDSA')),
  'code of a page': code('spa'),

  async 'code of an app at whatever port is free'(world) {
    const config = await known(world, 'native');
    const back = new URL(world.clients.native.redirectUri);
    back.port = '49152';
    await signedIn(world, config, back.href);
  },

  async 'code of a client whose tokens are signed with ES256'(world) {
    const metadata = { id_token_signed_response_alg: 'ES256', userinfo_signed_response_alg: 'ES256' };
    const config = await known(world, 'signed', undefined, metadata);
    await signedIn(world, config, world.clients.signed.redirectUri);
  },

  async 'people under numbers of their own'(world) {
    const [one, two] = await Promise.all(['basic', 'pairwise'].map((name) => known(world, name)));
    const subjects = [
      (await signedIn(world, one, world.clients.basic.redirectUri)).claims().sub,
      (await signedIn(world, two, world.clients.pairwise.redirectUri)).claims().sub,
      (await signedIn(world, two, world.clients.pairwise.redirectUri)).claims().sub,
    ];
    assert.notEqual(subjects[0], subjects[1]);
    assert.equal(subjects[1], subjects[2]);
  },

  async 'pushed request'(world) {
    const config = await known(world, 'basic');
    const through = client.buildAuthorizationUrlWithPAR;
    await signedIn(world, config, world.clients.basic.redirectUri, { through });
  },

  async 'signed request'(world) {
    const config = await known(world, 'key', await byKey(world, 'ES256'));
    const through = async (_, parameters) =>
      client.buildAuthorizationUrlWithJAR(config, parameters, await world.key('ES256'));
    await signedIn(world, config, world.clients.key.redirectUri, {
      through,
      parameters: { max_age: '3600', claims: JSON.stringify({ userinfo: { email: { essential: true } } }) },
      checks: { maxAge: 3600 },
    });
  },

  async 'signed request that is pushed'(world) {
    const config = await known(world, 'key', await byKey(world, 'ES256'));
    const through = async (_, parameters) => {
      const url = await client.buildAuthorizationUrlWithJAR(config, parameters, await world.key('PS256'));
      return client.buildAuthorizationUrlWithPAR(config, url.searchParams);
    };
    await signedIn(world, config, world.clients.key.redirectUri, { through });
  },

  async 'answer as a form'(world) {
    const config = await known(world, 'basic');
    const parameters = { response_mode: 'form_post' };
    await signedIn(world, config, world.clients.basic.redirectUri, { parameters });
  },

  async 'refresh tokens are used once'(world) {
    const config = await known(world, 'basic');
    const first = await tokens(world, config, world.clients.basic.redirectUri);
    const second = await client.refreshTokenGrant(config, first.refresh_token);
    const third = await client.refreshTokenGrant(config, second.refresh_token, { scope: 'openid' });
    assert.equal(new Set([first, second, third].map((each) => each.refresh_token)).size, 3);
    assert.equal(third.scope, 'openid');
    assert.equal(second.claims().sub, first.claims().sub);
    assert.equal(await refusal(client.refreshTokenGrant(config, first.refresh_token)), 'invalid_grant');
    assert.equal(await refusal(client.refreshTokenGrant(config, third.refresh_token)), 'invalid_grant');
  },

  async 'client credentials'(world) {
    const config = await known(world, 'service');
    const issued = await client.clientCredentialsGrant(config, { scope: 'reports:read', resource: world.reports });
    assert.equal(issued.token_type, 'bearer');
    assert.equal(claimsOf(issued.access_token).aud, world.reports);
    assert.equal(claimsOf(issued.access_token).sub, world.clients.service.id);
  },

  async 'resources'(world) {
    const config = await known(world, 'basic');
    const begun = await asked(world.clients.basic.redirectUri, { scope: 'openid reports:read' });
    const parameters = new URLSearchParams(begun.parameters);
    for (const resource of [world.reports, world.invoices]) parameters.append('resource', resource);
    const back = await world.margaret.visit(client.buildAuthorizationUrl(config, parameters));
    const issued = await client.authorizationCodeGrant(config, back, begun.checks, { resource: world.reports });
    assert.equal(claimsOf(issued.access_token).aud, world.reports);
    const next = await client.refreshTokenGrant(config, issued.refresh_token, { resource: world.invoices });
    assert.equal(claimsOf(next.access_token).aud, world.invoices);
  },

  async 'token exchange'(world) {
    const config = await known(world, 'basic');
    const parameters = { scope: 'openid reports:read', resource: world.reports };
    const more = { resource: world.reports };
    const issued = await tokens(world, config, world.clients.basic.redirectUri, { parameters, more });
    const service = await known(world, 'service');
    const exchanged = await client.genericGrantRequest(service, EXCHANGE, {
      subject_token: issued.access_token,
      subject_token_type: ACCESS_TOKEN,
      resource: world.invoices,
    });
    assert.equal(exchanged.issued_token_type, ACCESS_TOKEN);
    const claims = claimsOf(exchanged.access_token);
    assert.deepEqual([claims.aud, claims.act.sub], [world.invoices, world.clients.service.id]);
    assert.equal(claims.sub, issued.claims().sub);
  },

  async 'introspection and revocation'(world) {
    const config = await known(world, 'basic');
    const issued = await tokens(world, config, world.clients.basic.redirectUri);
    for (const token of [issued.access_token, issued.refresh_token]) {
      const told = await client.tokenIntrospection(config, token);
      assert.deepEqual([told.active, told.client_id], [true, world.clients.basic.id]);
    }
    await client.tokenRevocation(config, issued.refresh_token, { token_type_hint: 'refresh_token' });
    for (const token of [issued.access_token, issued.refresh_token]) {
      assert.deepEqual(await client.tokenIntrospection(config, token), { active: false });
    }
  },

  async 'introspection at the resource'(world) {
    const config = await known(world, 'basic');
    const parameters = { scope: 'openid reports:read', resource: world.reports };
    const issued = await tokens(world, config, world.clients.basic.redirectUri, { parameters });
    const told = await client.tokenIntrospection(await known(world, 'service'), issued.access_token);
    assert.deepEqual([told.active, told.aud, told.token_type], [true, world.reports, 'Bearer']);
    const other = await known(world, 'post', client.ClientSecretPost(world.clients.post.secret));
    assert.deepEqual(await client.tokenIntrospection(other, issued.access_token), { active: false });
  },

  async 'proof of possession by a client with a secret'(world) {
    const config = await known(world, 'basic');
    const options = await bound(config);
    const issued = await signedIn(world, config, world.clients.basic.redirectUri, { options });
    assert.equal(issued.token_type, 'dpop');
    assert.equal(claimsOf(issued.access_token).cnf.jkt, await options.DPoP.calculateThumbprint());
    assert.equal((await client.tokenIntrospection(config, issued.access_token)).token_type, 'DPoP');
  },

  async 'proof of possession binds the refresh token of a page'(world) {
    const config = await known(world, 'spa');
    const options = await bound(config);
    const issued = await signedIn(world, config, world.clients.spa.redirectUri, { options });
    const another = await bound(config);
    assert.equal(await refusal(client.refreshTokenGrant(config, issued.refresh_token, {}, another)), 'invalid_grant');
    assert.equal(await refusal(client.refreshTokenGrant(config, issued.refresh_token)), 'invalid_grant');
    const next = await client.refreshTokenGrant(config, issued.refresh_token, {}, options);
    assert.equal(next.token_type, 'dpop');
    assert.equal(await refusal(client.fetchUserInfo(config, next.access_token, next.claims().sub)), 'invalid_token');
  },

  async 'proof of possession with Ed25519'(world) {
    const config = await known(world, 'spa');
    const options = { DPoP: client.getDPoPHandle(config, await client.randomDPoPKeyPair('Ed25519')) };
    await signedIn(world, config, world.clients.spa.redirectUri, { options });
  },

  async 'client credentials with proof of possession'(world) {
    const config = await known(world, 'service');
    const options = await bound(config);
    const issued = await client.clientCredentialsGrant(config, { resource: world.reports }, options);
    assert.deepEqual([issued.token_type, typeof claimsOf(issued.access_token).cnf.jkt], ['dpop', 'string']);
  },

  async 'pushed request, signing client and proof of possession together'(world) {
    const config = await known(world, 'strict', await byKey(world, 'PS256'));
    const options = await bound(config);
    const through = client.buildAuthorizationUrlWithPAR;
    await signedIn(world, config, world.clients.strict.redirectUri, { options, through });
    const begun = await asked(world.clients.strict.redirectUri);
    const direct = client.buildAuthorizationUrl(config, begun.parameters);
    const back = await world.margaret.visit(direct);
    assert.equal(await refusal(client.authorizationCodeGrant(config, back, begun.checks)), 'invalid_request');
  },

  async 'device without a browser'(world) {
    const config = await known(world, 'native');
    const begun = await client.initiateDeviceAuthorization(config, { scope: SCOPE });
    await world.margaret.visit(begun.verification_uri_complete);
    const issued = await client.pollDeviceAuthorizationGrant(config, { ...begun, interval: 0.1 });
    const told = await client.fetchUserInfo(config, issued.access_token, issued.claims().sub);
    assert.equal(told.preferred_username, world.name);
    assert.equal((await client.refreshTokenGrant(config, issued.refresh_token)).claims().sub, told.sub);
  },

  async 'device that somebody does not let in'(world) {
    const config = await known(world, 'native');
    const begun = await client.initiateDeviceAuthorization(config, { scope: SCOPE });
    await world.margaret.visit(begun.verification_uri_complete, 'deny');
    const polled = client.pollDeviceAuthorizationGrant(config, { ...begun, interval: 0.1 });
    assert.equal(await refusal(polled), 'access_denied');
  },

  async 'device with proof of possession'(world) {
    const config = await known(world, 'native');
    const options = await bound(config);
    const begun = await client.initiateDeviceAuthorization(config, { scope: SCOPE });
    await world.margaret.visit(begun.verification_uri_complete);
    const issued = await client.pollDeviceAuthorizationGrant(config, { ...begun, interval: 0.1 }, {}, options);
    assert.equal(issued.token_type, 'dpop');
    await client.fetchUserInfo(config, issued.access_token, issued.claims().sub, options);
  },

  async 'signing out'(world) {
    const config = await known(world, 'basic');
    const person = world.somebody();
    const issued = await tokens(world, config, world.clients.basic.redirectUri, { person });
    const state = client.randomState();
    const url = client.buildEndSessionUrl(config, {
      id_token_hint: issued.id_token,
      post_logout_redirect_uri: world.clients.basic.byeUri,
      state,
    });
    const back = await person.visit(url);
    assert.equal(back.href, `${world.clients.basic.byeUri}?state=${state}`);
    assert.equal(await refusal(client.refreshTokenGrant(config, issued.refresh_token)), 'invalid_grant');
    assert.equal((await client.tokenIntrospection(config, issued.access_token)).active, false);
  },

  async 'registering oneself'(world) {
    const redirectUri = 'https://newcomer.example/back';
    const metadata = {
      client_name: 'Newcomer',
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'client_secret_post',
      userinfo_signed_response_alg: 'RS256',
    };
    const options = { execute: STRICT, initialAccessToken: world.registrationToken };
    const config = await client.dynamicClientRegistration(new URL(world.issuer), metadata, undefined, options);
    await signedIn(world, config, redirectUri);
    const nobody = { execute: STRICT };
    const again = client.dynamicClientRegistration(new URL(world.issuer), metadata, undefined, nobody);
    assert.equal(await refusal(again), 'invalid_token');
  },

  async 'nobody is asked when nobody may be asked'(world) {
    const config = await known(world, 'basic');
    const stranger = world.somebody();
    const ask = (person, more = {}) => {
      const how = { person, parameters: { prompt: 'none', ...more } };
      return refusal(tokens(world, config, world.clients.basic.redirectUri, how));
    };
    assert.equal(await ask(stranger), 'login_required');
    await signedIn(world, config, world.clients.basic.redirectUri);
    await signedIn(world, config, world.clients.basic.redirectUri, { parameters: { prompt: 'none' } });
    assert.equal(await ask(world.margaret, { max_age: '0' }), 'login_required');
    assert.equal(await ask(world.margaret, { scope: 'openid profile email offline_access' }), 'consent_required');
  },

  async 'signing in anew'(world) {
    const config = await known(world, 'basic');
    const person = world.somebody();
    const before = await tokens(world, config, world.clients.basic.redirectUri, { person });
    const how = { person, parameters: { max_age: '0' }, checks: { maxAge: 0 } };
    const after = await tokens(world, config, world.clients.basic.redirectUri, how);
    assert.ok(after.claims().auth_time >= before.claims().auth_time);
    await tokens(world, config, world.clients.basic.redirectUri, { person, parameters: { prompt: 'login' } });
  },

  async 'claims and classes of sign-in'(world) {
    const config = await known(world, 'basic');
    const claims = JSON.stringify({ id_token: { email: null, acr: { values: ['urn:doorward:acr:password'] } } });
    const parameters = { scope: 'openid', claims, acr_values: 'urn:doorward:acr:password' };
    const issued = await tokens(world, config, world.clients.basic.redirectUri, { parameters });
    assert.equal(issued.claims().email, `${world.name}@mail.example`);
    assert.equal(issued.claims().acr, 'urn:doorward:acr:password');
  },

  async 'authorization details'(world) {
    const config = await known(world, 'basic');
    const details = [{ type: 'payment', amount: { currency: 'EUR', value: '12.50' } }];
    const parameters = { authorization_details: JSON.stringify(details) };
    const through = client.buildAuthorizationUrlWithPAR;
    const issued = await tokens(world, config, world.clients.basic.redirectUri, { parameters, through });
    assert.deepEqual(issued.authorization_details, details);
    assert.deepEqual(claimsOf(issued.access_token).authorization_details, details);
    assert.deepEqual((await client.tokenIntrospection(config, issued.access_token)).authorization_details, details);
    const next = await client.refreshTokenGrant(config, issued.refresh_token);
    assert.deepEqual(next.authorization_details, details);
    const unknown = { authorization_details: JSON.stringify([{ type: 'launch' }]) };
    const asking = tokens(world, config, world.clients.basic.redirectUri, { parameters: unknown });
    assert.equal(await refusal(asking), 'invalid_authorization_details');
  },

  async 'refusals'(world) {
    const config = await known(world, 'basic');
    const begun = await asked(world.clients.basic.redirectUri, { prompt: 'consent' });
    const back = await world.margaret.visit(client.buildAuthorizationUrl(config, begun.parameters), 'deny');
    assert.equal(await refusal(client.authorizationCodeGrant(config, back, begun.checks)), 'access_denied');
    const wrong = await known(world, 'basic', client.ClientSecretBasic('not the secret'));
    assert.equal(await refusal(client.clientCredentialsGrant(wrong)), 'basic');
    const posted = await known(world, 'post', client.ClientSecretPost('not the secret'));
    assert.equal(await refusal(client.refreshTokenGrant(posted, 'whatever')), 'basic');
    const unknown = tokens(world, config, world.clients.basic.redirectUri, { parameters: { scope: 'launch' } });
    assert.equal(await refusal(unknown), 'invalid_scope');
    const elsewhere = { parameters: { resource: 'https://elsewhere.example' } };
    assert.equal(await refusal(tokens(world, config, world.clients.basic.redirectUri, elsewhere)), 'invalid_target');
  },

  async 'a code is used once'(world) {
    const config = await known(world, 'basic');
    const begun = await asked(world.clients.basic.redirectUri);
    const back = await world.margaret.visit(client.buildAuthorizationUrl(config, begun.parameters));
    const issued = await client.authorizationCodeGrant(config, back, begun.checks);
    assert.equal(await refusal(client.authorizationCodeGrant(config, back, begun.checks)), 'invalid_grant');
    assert.equal((await client.tokenIntrospection(config, issued.access_token)).active, false);
  },
};
