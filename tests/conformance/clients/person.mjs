// Somebody with a browser that runs no scripts: one jar of cookies, and forms that are filled in by hand.
const FORM = /<form([^>]*)>(.*?)<\/form>/gs;
const INPUT = /<input([^>]*)>/g;
const ATTRIBUTE = /([a-z-]+)="([^"]*)"/g;
const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"' };
const MOST_STEPS = 12;
// How each form is filled in, besides what stands in it already.
const HOW = {
  'sign-in-form': ({ username, password }) => ({ username, password }),
  'consent-form': ({ decision }) => ({ decision }),
  'confirm-form': ({ decision }) => ({ decision }),
  'device-form': ({ typed }) => typed,
  'answer-form': () => ({}),
};

const plain = (text) =>
  text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|([a-z]+));/gi, (_, decimal, hexadecimal, name) =>
    name ? ENTITIES[name] : String.fromCodePoint(decimal ? Number(decimal) : parseInt(hexadecimal, 16)),
  );
const attributes = (text) => Object.fromEntries([...text.matchAll(ATTRIBUTE)].map(([, name, value]) => [name, plain(value)]));

function formsOf(html) {
  const found = {};
  for (const [, head, body] of html.matchAll(FORM)) {
    const { id, action } = attributes(head);
    const inputs = [...body.matchAll(INPUT)].map(([, text]) => attributes(text)).filter(({ name }) => name);
    found[id] = { action, fields: Object.fromEntries(inputs.map(({ name, value }) => [name, value ?? ''])) };
  }
  return found;
}

export class Person {
  #jar = new Map();
  #typed;

  constructor(issuer, username, password) {
    this.issuer = issuer;
    this.#typed = { username, password };
  }

  // Open an address of an application's, do what the pages ask for, and return where one ends up: at a URL, mostly of the
  // application, or, where the answer is posted, with a request. What is `typed` goes into forms besides name and password.
  async visit(url, decision = 'allow', typed = {}) {
    let page = await this.#open(new URL(url));
    for (let step = 0; step < MOST_STEPS; step += 1) {
      if (page.leads) {
        if (page.leads.origin !== this.issuer) return page.leads;
        page = await this.#open(page.leads);
      } else if (page.isEnd) {
        return page.url;
      } else {
        const { action, fields } = this.#filled(page, decision, typed);
        if (action.origin !== this.issuer) {
          return new Request(action, { method: 'POST', body: new URLSearchParams(fields) });
        }
        page = await this.#open(action, fields);
      }
    }
    throw new Error(`this goes in a circle: ${page.url}`);
  }

  #filled(page, decision, typed) {
    const id = Object.keys(HOW).find((each) => page.forms[each]);
    if (id === undefined) throw new Error(`there is nothing to fill in: ${page.status} ${page.url}\n${page.text}`);
    const { action, fields } = page.forms[id];
    const more = HOW[id]({ ...this.#typed, decision, typed });
    return { action: new URL(action, page.url), fields: { ...fields, ...more } };
  }

  async #open(url, fields) {
    const cookie = [...this.#jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { accept: 'text/html', cookie, ...(fields && { origin: this.issuer }) };
    const body = fields && new URLSearchParams(fields);
    const answer = await fetch(url, { method: fields ? 'POST' : 'GET', headers, body, redirect: 'manual' });
    for (const header of answer.headers.getSetCookie()) this.#keep(header);
    const location = answer.headers.get('location');
    const text = await answer.text();
    const leads = location === null ? undefined : new URL(location, url);
    const forms = formsOf(text);
    return { url, status: answer.status, text, leads, forms, isEnd: answer.ok && Object.keys(forms).length === 0 };
  }

  #keep(header) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(header);
    if (value === '' || /max-age=0/i.test(header)) this.#jar.delete(name);
    else this.#jar.set(name, value);
  }
}
