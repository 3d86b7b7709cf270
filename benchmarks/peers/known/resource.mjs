// A resource server that verifies access tokens: `node resource.mjs PORT ISSUER KEYS AUDIENCE`.
import { createServer } from 'node:http';
import { createRemoteJWKSet, jwtVerify } from 'jose';

const [port, issuer, keys, audience] = process.argv.slice(2);
const published = createRemoteJWKSet(new URL(keys));
const expected = { issuer, audience, typ: 'at+jwt', algorithms: ['ES256'], requiredClaims: ['exp', 'sub'] };

createServer(async (request, response) => {
  if (request.url === '/ready') return response.end();
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  try {
    const { payload } = await jwtVerify(token, published, expected);
    response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ note: `a note of ${payload.sub}` }));
  } catch {
    response.writeHead(401, { 'WWW-Authenticate': 'Bearer error="invalid_token"' }).end();
  }
}).listen(Number(port), '127.0.0.1');
