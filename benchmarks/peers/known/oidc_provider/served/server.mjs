// oidc-provider as its documentation sets it up for production: `node server.mjs PORT FOLDER sqlite|memory SETTINGS`.
// SETTINGS is JSON: the clients' callback, and the resource that tokens are for.
// Accounts are not the package's own: whoever is named at the interaction is signed in.
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import Provider from 'oidc-provider';
import { inMemory, inSqlite } from './store.mjs';

const [port, folder, store, settings] = process.argv.slice(2);
const { callback, resource, secret } = JSON.parse(settings);
const MINUTES = 60;
const DAYS = 24 * 60 * MINUTES;
const PERSON = 'openid profile email';
const API = 'reports:read';

const provider = new Provider(`http://localhost:${port}`, {
  adapter: store === 'sqlite' ? inSqlite(join(folder, 'provider.sqlite3')) : inMemory(),
  clients: [
    client('service', { client_secret: secret, grant_types: ['client_credentials'], redirect_uris: [], response_types: [] }),
    client('page', { token_endpoint_auth_method: 'none', scope: `${PERSON} offline_access` }),
    client('app', { token_endpoint_auth_method: 'none', scope: API }),
  ],
  clientDefaults: { id_token_signed_response_alg: 'ES256' },
  responseTypes: ['code'],
  enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
  jwks: { keys: [signingKey(join(folder, 'key.json'))] },
  cookies: { keys: [secret] },
  pkce: { required: () => true },
  scopes: ['openid', 'offline_access', API],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'preferred_username'] },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: (_, asking) => asking.clientAuthMethod !== 'none' },
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_, indicator) => ({
        scope: indicator === resource ? API : '',
        audience: indicator,
        accessTokenFormat: 'jwt',
        accessTokenTTL: 10 * MINUTES,
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
  findAccount: (_, name) => ({
    accountId: name,
    claims: () => ({
      sub: name, name, preferred_username: name, email: `${name}@example.com`, email_verified: true,
    }),
  }),
  loadExistingGrant: grantOfFirstParty,
  issueRefreshToken: (_, asking) => asking.grantTypeAllowed('refresh_token'),
  expiresWithSession: (_, { clientId }) => clientId === 'page',
  rotateRefreshToken: true,
  ttl: {
    AccessToken: 10 * MINUTES,
    AuthorizationCode: MINUTES,
    ClientCredentials: 10 * MINUTES,
    Grant: 14 * DAYS,
    IdToken: 10 * MINUTES,
    Interaction: 10 * MINUTES,
    RefreshToken: 14 * DAYS,
    Session: 14 * DAYS,
  },
});

const answer = provider.callback();
createServer((request, response) => {
  if (request.method === 'GET' && request.url === '/ready') response.end();
  else if (request.url.startsWith('/interaction/')) signIn(request, response);
  else answer(request, response);
}).listen(Number(port), '127.0.0.1');

function client(id, members) {
  return {
    client_id: id,
    redirect_uris: [callback],
    grant_types: ['authorization_code', 'refresh_token'],
    ...members,
  };
}

/** Return the key in a file, made where there is none. */
function signingKey(file) {
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeFileSync(file, JSON.stringify(privateKey.export({ format: 'jwk' })), { mode: 0o600 });
  }
  return { ...JSON.parse(readFileSync(file, 'utf8')), alg: 'ES256', use: 'sig' };
}

/** Return what the account has granted to the client; clients of the first party have all that they may ask for. */
async function grantOfFirstParty({ oidc }) {
  const { clientId } = oidc.client;
  const granted = oidc.session.grantIdFor(clientId);
  if (granted) return provider.Grant.find(granted);
  const grant = new provider.Grant({ clientId, accountId: oidc.session.accountId });
  grant.addOIDCScope(`${PERSON} offline_access ${API}`);
  grant.addResourceScope(resource, API);
  await grant.save();
  return grant;
}

/** Sign in whom the form names. */
async function signIn(request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const accountId = new URLSearchParams(Buffer.concat(chunks).toString()).get('account');
  await provider.interactionFinished(request, response, { login: { accountId } });
}
