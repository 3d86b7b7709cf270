// Serves Better Auth: `node server.mjs SETTINGS`, after `prepare.mjs`.
import { createServer } from 'node:http';
import { oauthProviderOpenIdConfigMetadata } from '@better-auth/oauth-provider';
import { toNodeHandler } from 'better-auth/node';
import { authOf } from './auth.mjs';

const settings = JSON.parse(process.argv[2]);
const auth = authOf(settings);
const answer = toNodeHandler(auth);
const discover = toNodeHandler(oauthProviderOpenIdConfigMetadata(auth));

createServer((request, response) => {
  if (request.url === '/ready') response.end();
  else if (request.url === '/api/auth/.well-known/openid-configuration') discover(request, response);
  else answer(request, response);
}).listen(settings.port, '127.0.0.1');
