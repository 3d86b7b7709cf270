// Better Auth as its documentation sets it up for production, over SQLite, as an OpenID provider.
import { join } from 'node:path';
import { hash, verify } from '@node-rs/argon2';
import { oauthProvider } from '@better-auth/oauth-provider';
import { betterAuth } from 'better-auth';
import { bearer, jwt } from 'better-auth/plugins';
import Database from 'better-sqlite3';

export const OPERATOR = 'operator@example.com';
const ALL_OF_IT = { window: 10, max: 10_000_000 };
const HASHES = {
  argon2id: { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 },
  cheap: { memoryCost: 8, timeCost: 1, parallelism: 1 },
};

/** Return the server's instance. `settings` has the port, the folder, the hash, a secret and the resource of tokens. */
export function authOf({ port, folder, hashing, secret, resource }) {
  const database = new Database(join(folder, 'auth.sqlite3'));
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  return betterAuth({
    baseURL: `http://localhost:${port}`,
    secret,
    database,
    logger: { level: 'error' },
    emailAndPassword: {
      enabled: true,
      autoSignIn: false,
      password: {
        hash: (password) => hash(password, HASHES[hashing]),
        verify: ({ hash: stored, password }) => verify(stored, password),
      },
    },
    rateLimit: { enabled: true, ...ALL_OF_IT, customRules: { '/**': ALL_OF_IT } },
    disabledPaths: ['/token'],
    plugins: [
      bearer(),
      jwt({ disableSettingJwtHeader: true, jwks: { keyPairConfig: { alg: 'ES256' } } }),
      oauthProvider({
        loginPage: '/sign-in',
        consentPage: '/consent',
        scopes: ['openid', 'profile', 'email', 'offline_access', 'reports:read'],
        resources: [{ identifier: resource, allowedScopes: ['reports:read', 'offline_access'] }],
        clientPrivileges: ({ user }) => user?.email === OPERATOR,
        resourcePrivileges: ({ user }) => user?.email === OPERATOR,
        accessTokenExpiresIn: 600,
        m2mAccessTokenExpiresIn: 600,
        idTokenExpiresIn: 600,
        codeExpiresIn: 60,
        rateLimit: { token: ALL_OF_IT, authorize: ALL_OF_IT, introspect: ALL_OF_IT, userinfo: ALL_OF_IT },
      }),
    ],
  });
}
