// What every scenario finds: a server, the clients that are registered there, their keys, and people.
import { Person } from './person.mjs';

const KINDS = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256' },
  EdDSA: { name: 'Ed25519' },
};

export class World {
  constructor({ issuer, clients, keys, person, password, reports, invoices, registrationToken }) {
    Object.assign(this, { issuer, clients, keys, name: person, password, reports, invoices, registrationToken });
    this.margaret = this.somebody();
  }

  // Somebody with a browser of their own, who is not signed in yet.
  somebody() {
    return new Person(this.issuer, this.name, this.password);
  }

  async key(algorithm) {
    const { kid, ...jwk } = this.keys[algorithm];
    return { kid, key: await crypto.subtle.importKey('jwk', jwk, KINDS[algorithm], false, ['sign']) };
  }
}

// Return what a token says, whoever signed it.
export function claimsOf(token) {
  return JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
}
