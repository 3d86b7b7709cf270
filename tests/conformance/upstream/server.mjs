// A certified provider for the tests of signing in with another provider: `node server.mjs PORT WHERE ALGORITHM...`.
// Whoever signs in is known by the name that they type: NAME@mail.example, proven unless the name ends in -unproven.
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';

const [port, where, ...algorithms] = process.argv.slice(2);
const issuer = `http://localhost:${port}`;
const key = (type, options, alg) => ({
  ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }), alg, use: 'sig',
});

const provider = new Provider(issuer, {
  clients: algorithms.map((algorithm) => ({
    client_id: `doorward-${algorithm}`,
    client_secret: 'a secret of the client: 100%',
    redirect_uris: [`${where}/sign-in/with/${algorithm.toLowerCase()}/callback`],
    id_token_signed_response_alg: algorithm,
  })),
  jwks: {
    keys: [
      key('rsa', { modulusLength: 2048 }, 'RS256'),
      key('rsa', { modulusLength: 2048 }, 'PS256'),
      key('ec', { namedCurve: 'P-256' }, 'ES256'),
      key('ed25519', {}, 'EdDSA'),
    ],
  },
  cookies: { keys: ['for tests alone'] },
  pkce: { required: () => true },
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'preferred_username'] },
  enabledJWA: { idTokenSigningAlgValues: algorithms },
  features: { devInteractions: { enabled: true } },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({
      sub: id,
      name: id,
      preferred_username: id,
      email: `${id}@mail.example`,
      email_verified: !id.endsWith('-unproven'),
    }),
  }),
});

provider.listen(Number(port), 'localhost', () => console.log('ready'));
