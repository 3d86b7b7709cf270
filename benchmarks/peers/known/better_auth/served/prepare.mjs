// Makes the tables, the operator and the clients: `node prepare.mjs SETTINGS`; the clients are written to FOLDER/clients.json.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { getMigrations } from 'better-auth/db/migration';
import { authOf, OPERATOR } from './auth.mjs';

const settings = JSON.parse(process.argv[2]);
const auth = authOf(settings);
const { runMigrations } = await getMigrations(auth.options);
await runMigrations();

const { api } = auth;
const password = settings.secret;
await api.signUpEmail({ body: { name: 'The operator', email: OPERATOR, password } });
const { token } = await api.signInEmail({ body: { email: OPERATOR, password } });
const headers = new Headers({ authorization: `Bearer ${token}` });

async function client(body) {
  const made = await api.adminCreateOAuthClient({ headers, body });
  await api.adminLinkClientResource({
    headers,
    params: { identifier: settings.resource, client_id: made.client_id },
  });
  return made;
}

const ofPeople = {
  redirect_uris: [settings.callback],
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  application_type: 'native',
  skip_consent: true,
};
const clients = {
  service: await client({
    client_name: 'A service',
    grant_types: ['client_credentials'],
    token_endpoint_auth_method: 'client_secret_basic',
    client_credentials_scopes: ['reports:read'],
  }),
  page: await client({ ...ofPeople, client_name: 'A page', scope: 'openid profile email offline_access' }),
  app: await client({ ...ofPeople, client_name: 'An app', scope: 'reports:read offline_access' }),
};
writeFileSync(join(settings.folder, 'clients.json'), JSON.stringify(clients), { mode: 0o600 });
process.exit(0);
