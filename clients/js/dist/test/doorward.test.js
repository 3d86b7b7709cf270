// test/doorward.test.ts
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { beforeEach, test } from "node:test";

// src/change.ts
var Listeners = class {
  #all = /* @__PURE__ */ new Set();
  /** Add one, and return what takes it away again. */
  add(listener) {
    this.#all.add(listener);
    return () => void this.#all.delete(listener);
  }
  tell(who) {
    for (const listener of [...this.#all]) listener(who);
  }
};
var OneAtATime = class {
  #flight;
  run(start) {
    this.#flight ??= start().finally(() => {
      this.#flight = void 0;
    });
    return this.#flight;
  }
  /** Run when the one under way has ended, however it did. */
  async after(start) {
    while (this.#flight) await this.#flight.catch(() => void 0);
    return this.run(start);
  }
};
async function ask(url, init) {
  try {
    return await fetch(url, init);
  } catch {
    return fetch(url, init);
  }
}

// src/errors.ts
var DoorwardError = class _DoorwardError extends Error {
  name = "DoorwardError";
  code;
  /** The status of the answer; 0 where there was none to be read. */
  status;
  /** How long to wait before it is worth another try, in seconds. */
  retryAfter;
  constructor(code, message = "", status = 0, retryAfter) {
    super(message ? `${code}: ${message}` : code);
    this.code = code;
    this.status = status;
    this.retryAfter = retryAfter;
  }
  /** Return what an answer that refuses says, whether as RFC 6749 has it or as RFC 9457 does. */
  static async from(answer) {
    const said = await answer.json().catch(() => ({}));
    const wait = Number(answer.headers.get("retry-after")) || void 0;
    const code = said.error ?? said.code ?? "unreadable";
    return new _DoorwardError(code, said.error_description ?? said.detail, answer.status, wait);
  }
};

// src/doorward.ts
var EARLY = 3e4;
var SPREAD = 2e4;
var CLAIMS = { preferred_username: "profile", email: "email", email_verified: "email", roles: "roles" };
var Doorward = class {
  #issuer;
  #base;
  #clientId;
  #redirectUri;
  #afterwards;
  #scope;
  #resource;
  #apis;
  #listeners = new Listeners();
  #refresh = new OneAtATime();
  #tabs;
  #tokens;
  #user = null;
  #ends = 0;
  constructor(options) {
    this.#issuer = options.issuer;
    this.#base = options.issuer.replace(/\/$/, "");
    this.#clientId = options.clientId;
    this.#redirectUri = options.redirectUri ?? `${location.origin}/`;
    this.#afterwards = options.postLogoutRedirectUri ?? `${location.origin}/`;
    this.#scope = options.scope ?? "openid profile email";
    this.#resource = options.resource;
    const apis = options.apis ?? (options.resource?.startsWith("http") ? [options.resource] : []);
    this.#apis = new Set(apis.map((api) => new URL(api).origin));
    this.#tabs = new BroadcastChannel(`doorward ${this.#clientId}`);
    this.#tabs.onmessage = ({ data }) => void this.#hear(data);
  }
  /** Who is signed in; null also before anybody was asked, which `token` does. */
  get user() {
    return this.#user;
  }
  /** Be told of everyone who signs in, and with null of the end. Returns what stops that. */
  onChange(listener) {
    return this.#listeners.add(listener);
  }
  /** Leave for the server's page. What the way back needs is kept in this tab's session storage until then. */
  async signIn(options = {}) {
    const returnTo = new URL(options.returnTo ?? location.href, location.href);
    if (returnTo.origin !== location.origin) throw new DoorwardError("return_elsewhere", "returnTo is of another origin");
    const trip = { state: random(), nonce: random(), verifier: random(), returnTo: returnTo.href };
    sessionStorage.setItem(this.#place, JSON.stringify(trip));
    const asked = {
      response_type: "code",
      client_id: this.#clientId,
      redirect_uri: this.#redirectUri,
      scope: this.#scope,
      state: trip.state,
      nonce: trip.nonce,
      code_challenge: await challenge(trip.verifier),
      code_challenge_method: "S256",
      claims: this.#claims(),
      resource: this.#resource,
      prompt: options.prompt,
      login_hint: options.loginHint,
      max_age: options.maxAge,
      acr_values: options.acrValues,
      ui_locales: options.uiLocales
    };
    location.assign(`${this.#base}/oauth/authorize?${form(asked)}`);
  }
  /**
   * Take the server's answer from the address, if there is one, and clean the address: it then is the page that the
   * person left. Returns whether they are signed in by it. Call it before a router looks at the address.
   *
   * Throws a DoorwardError: what the server says (`access_denied`, `login_required`, ...), or `unknown_answer` for one
   * that this tab did not ask for, `wrong_issuer` for one of another server, `wrong_token` for somebody else's.
   */
  async finishSignIn() {
    const here = location.origin + location.pathname;
    const answer = new URLSearchParams(location.search);
    const code = answer.get("code");
    const error = answer.get("error");
    if (here !== this.#redirectUri.replace(/\?.*$/, "") || !answer.has("state") || (code ?? error) === null) return false;
    const trip = this.#takeTrip(answer.get("state"));
    history.replaceState(history.state, "", trip?.returnTo ?? this.#redirectUri);
    if (!trip) throw new DoorwardError("unknown_answer", "this tab did not ask for it, or has had it already");
    if (answer.get("iss") !== this.#issuer) throw new DoorwardError("wrong_issuer");
    if (code === null) throw new DoorwardError(error ?? "", answer.get("error_description") ?? "");
    await this.#refresh.after(() => this.#exchange(code, trip));
    this.#tabs.postMessage("in");
    return true;
  }
  /**
   * Return the access token, a new one when it ends soon; undefined when nobody is signed in.
   *
   * Throws a DoorwardError when the server cannot tell at the moment, and a TypeError when it cannot be reached.
   */
  async token() {
    if (!this.#tokens || Date.now() >= this.#tokens.until) await this.#refresh.run(() => this.#next());
    return this.#tokens?.access;
  }
  /**
   * Send a request to one of `apis` with the access token; once more, with a new one, if the first is refused.
   *
   * Throws a DoorwardError: `not_an_api` for any other origin, `login_required` when nobody is signed in.
   */
  async fetch(input, init) {
    const request = new Request(input, init);
    if (!this.#apis.has(new URL(request.url).origin)) throw new DoorwardError("not_an_api", request.url);
    const again = request.clone();
    const shown = await this.token();
    if (shown === void 0) throw new DoorwardError("login_required");
    const answer = await fetch(bearing(request, shown));
    if (answer.status !== 401) return answer;
    if (this.#tokens?.access === shown) this.#tokens.until = 0;
    const fresh = await this.token();
    return fresh === void 0 || fresh === shown ? answer : fetch(bearing(again, fresh));
  }
  /** End what the cookie belongs to, forget the token, and, unless told otherwise, leave for the server's sign-out. */
  async signOut({ everywhere = true } = {}) {
    const hint = this.#tokens?.idToken;
    await this.#refresh.after(() => this.#leave());
    if (!everywhere) return;
    const asked = { client_id: this.#clientId, id_token_hint: hint, post_logout_redirect_uri: this.#afterwards };
    location.assign(`${this.#base}/oauth/logout?${form(asked)}`);
  }
  get #place() {
    return `doorward ${this.#clientId}`;
  }
  #takeTrip(state) {
    const kept = sessionStorage.getItem(this.#place);
    const trip = kept === null ? void 0 : JSON.parse(kept);
    if (trip?.state !== state) return void 0;
    sessionStorage.removeItem(this.#place);
    return trip;
  }
  #claims() {
    const scopes = this.#scope.split(" ");
    const names = Object.entries(CLAIMS).filter(([, scope]) => scopes.includes(scope));
    return JSON.stringify({ id_token: Object.fromEntries(names.map(([name]) => [name, null])) });
  }
  async #exchange(code, trip) {
    const sent = { code, redirect_uri: this.#redirectUri, code_verifier: trip.verifier, resource: this.#resource };
    const answer = await this.#post("token", sent);
    if (!answer.ok) throw await DoorwardError.from(answer);
    const tokens2 = await answer.json();
    if (this.#isMeant(tokens2, trip.nonce)) return this.#keep(tokens2);
    await this.#post("sign-out", {});
    throw new DoorwardError("wrong_token", "the ID token was not made for this sign-in");
  }
  /** Its signature is not looked at: it came from the server itself (OpenID Connect Core 1.0 section 3.1.3.7). */
  #isMeant(tokens2, nonce) {
    const claims = tokens2.id_token ? read(tokens2.id_token) : null;
    if (!claims) return !this.#scope.split(" ").includes("openid");
    return claims.iss === this.#issuer && claims.aud === this.#clientId && claims.nonce === nonce;
  }
  async #next() {
    const ends = this.#ends;
    const answer = await this.#post("refresh", { resource: this.#resource });
    if (answer.ok) {
      const tokens2 = await answer.json();
      return ends === this.#ends ? this.#keep(tokens2) : void 0;
    }
    const refused = await DoorwardError.from(answer);
    if (refused.code !== "invalid_grant") throw refused;
    this.#forget();
  }
  async #leave() {
    const answer = await this.#post("sign-out", {});
    if (!answer.ok) throw await DoorwardError.from(answer);
    this.#forget();
    this.#tabs.postMessage("out");
  }
  #post(path, fields) {
    const send = path === "token" ? fetch : ask;
    return send(`${this.#base}/oauth/browser/${path}`, {
      method: "POST",
      credentials: "include",
      headers: { "x-doorward-spa": "1" },
      body: form({ client_id: this.#clientId, ...fields }),
      cache: "no-store",
      redirect: "error"
    });
  }
  #keep(answer) {
    const early = EARLY + Math.random() * SPREAD;
    const until = Date.now() + Math.max(answer.expires_in * 1e3 - early, 0);
    this.#tokens = { access: answer.access_token, idToken: answer.id_token, until };
    this.#become(answer.id_token ? read(answer.id_token) : null);
  }
  #forget() {
    this.#ends += 1;
    this.#tokens = void 0;
    this.#become(null);
  }
  #become(user) {
    const before = this.#user;
    this.#user = user;
    if (before?.sub !== user?.sub || before?.sid !== user?.sid) this.#listeners.tell(user);
  }
  /** Follow what another tab did: they all share the cookie. */
  async #hear(what) {
    if (what === "out") return this.#forget();
    if (this.#tokens) this.#tokens.until = 0;
    await this.#refresh.after(() => this.#next()).catch(() => void 0);
  }
};
function bearing(request, token) {
  request.headers.set("authorization", `Bearer ${token}`);
  return request;
}
function form(fields) {
  const sent = Object.entries(fields).filter(([, value]) => value !== void 0);
  return new URLSearchParams(sent.map(([name, value]) => [name, String(value)]));
}
function read(idToken2) {
  const part = (idToken2.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/");
  const bytes = Uint8Array.from(atob(part), (letter) => letter.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}
function random() {
  return encode(crypto.getRandomValues(new Uint8Array(32)));
}
async function challenge(verifier) {
  return encode(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))));
}
function encode(bytes) {
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

// test/browser.ts
var HERE = "https://app.example/";
var ISSUER = "https://auth.example";
var Page = class {
  requests = [];
  bodies = [];
  left = [];
  storage = /* @__PURE__ */ new Map();
  #answers = /* @__PURE__ */ new Map();
  #address = new URL(HERE);
  constructor() {
    const page2 = this;
    const put = (name, value) => Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    put("location", {
      get href() {
        return page2.#address.href;
      },
      get origin() {
        return page2.#address.origin;
      },
      get pathname() {
        return page2.#address.pathname;
      },
      get search() {
        return page2.#address.search;
      },
      assign: (url) => page2.left.push(new URL(url))
    });
    put("history", { state: null, replaceState: (_, __, url) => page2.open(url) });
    put("sessionStorage", {
      getItem: (name) => page2.storage.get(name) ?? null,
      setItem: (name, value) => page2.storage.set(name, value),
      removeItem: (name) => page2.storage.delete(name)
    });
    put("fetch", (input, init) => page2.#fetch(new Request(input, init)));
    put("BroadcastChannel", Channel);
    Channel.all.clear();
  }
  get address() {
    return this.#address.href;
  }
  open(url) {
    this.#address = new URL(url, this.#address);
  }
  answer(url, ...answers) {
    this.#answers.set(url, answers);
  }
  /** The requests to an address. */
  to(url) {
    return this.requests.filter((request) => request.url === url);
  }
  async #fetch(request) {
    this.requests.push(request);
    this.bodies.push(new URLSearchParams(await request.clone().text()));
    const answers = this.#answers.get(request.url);
    const answer = answers && answers.length > 1 ? answers.shift() : answers?.[0];
    if (!answer) throw new TypeError(`nothing answers at ${request.url}`);
    return answer(request);
  }
};
var Channel = class _Channel {
  static all = /* @__PURE__ */ new Set();
  onmessage = null;
  name;
  constructor(name) {
    this.name = name;
    _Channel.all.add(this);
  }
  postMessage(data) {
    for (const other of _Channel.all) {
      if (other !== this && other.name === this.name) other.onmessage?.({ data });
    }
  }
};
function json(body, status = 200, headers = {}) {
  return () => Response.json(body, { status, headers });
}
function unreachable() {
  return () => {
    throw new TypeError("no network");
  };
}
async function settled() {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((done) => setImmediate(done));
}

// test/doorward.test.ts
var API = "https://api.example";
var TOKEN = `${ISSUER}/oauth/browser/token`;
var REFRESH = `${ISSUER}/oauth/browser/refresh`;
var SIGN_OUT = `${ISSUER}/oauth/browser/sign-out`;
var page;
var number = 0;
beforeEach(() => {
  page = new Page();
  page.answer(SIGN_OUT, json({}));
});
function app(options = {}) {
  return new Doorward({ issuer: ISSUER, clientId: "reports", apis: [API], ...options });
}
function idToken(claims = {}) {
  const said = { iss: ISSUER, aud: "reports", sub: "margaret", sid: "session", ...claims };
  return `e30.${Buffer.from(JSON.stringify(said)).toString("base64url")}.signature`;
}
function tokens(claims = {}, expires_in = 300) {
  number += 1;
  return { access_token: `access-${number}`, token_type: "Bearer", expires_in, scope: "openid", id_token: idToken(claims) };
}
async function begun(one) {
  await one.signIn({ returnTo: "/reports?page=2" });
  return page.left[0].searchParams;
}
function comeBack(asked, changes = {}) {
  const answer = { code: "the-code", state: asked.get("state"), iss: ISSUER, ...changes };
  page.open(`${HERE}?${new URLSearchParams(Object.entries(answer).filter(([, value]) => value))}`);
}
async function signedIn(one = app(), claims = {}) {
  const asked = await begun(one);
  page.answer(TOKEN, json(tokens({ nonce: asked.get("nonce"), ...claims })));
  comeBack(asked);
  assert.equal(await one.finishSignIn(), true);
  return one;
}
function failsWith(code) {
  return (error) => error instanceof DoorwardError && error.code === code;
}
test("signIn asks for a code with PKCE, and keeps what the way back needs", async () => {
  const asked = await begun(app({ resource: API }));
  const kept = JSON.parse([...page.storage.values()][0]);
  assert.equal(page.left[0].origin + page.left[0].pathname, `${ISSUER}/oauth/authorize`);
  assert.equal(asked.get("response_type"), "code");
  assert.equal(asked.get("code_challenge_method"), "S256");
  assert.equal(asked.get("code_challenge"), createHash("sha256").update(kept.verifier).digest("base64url"));
  assert.deepEqual([asked.get("state"), asked.get("nonce")], [kept.state, kept.nonce]);
  assert.equal(asked.get("resource"), API);
  assert.equal((/* @__PURE__ */ new Set([kept.state, kept.nonce, kept.verifier])).size, 3);
  assert.ok([kept.state, kept.nonce, kept.verifier].every((each) => each.length === 43));
});
test("signIn passes on how somebody is asked", async () => {
  await app().signIn({ prompt: "none", loginHint: "margaret", maxAge: 0, acrValues: "2", uiLocales: "de" });
  const asked = page.left[0].searchParams;
  const names = ["prompt", "login_hint", "max_age", "acr_values", "ui_locales"];
  assert.deepEqual(names.map((name) => asked.get(name)), ["none", "margaret", "0", "2", "de"]);
});
test("signIn never comes back to another origin", async () => {
  for (const returnTo of ["https://evil.example/", "//evil.example", "javascript:alert(1)", "https://app.example:8443/"]) {
    await assert.rejects(app().signIn({ returnTo }), failsWith("return_elsewhere"));
  }
  assert.deepEqual([page.left.length, page.storage.size], [0, 0]);
});
test("finishSignIn exchanges the code, says who it is, and cleans up", async () => {
  const one = app({ resource: API });
  const heard = [];
  one.onChange((user) => heard.push(user));
  const asked = await begun(one);
  const verifier = JSON.parse([...page.storage.values()][0]).verifier;
  page.answer(TOKEN, json(tokens({ nonce: asked.get("nonce") })));
  comeBack(asked);
  assert.equal(await one.finishSignIn(), true);
  assert.deepEqual(Object.fromEntries(page.bodies[0]), {
    client_id: "reports",
    code: "the-code",
    redirect_uri: HERE,
    code_verifier: verifier,
    resource: API
  });
  assert.equal(page.requests[0].headers.get("x-doorward-spa"), "1");
  assert.equal(page.requests[0].credentials, "include");
  assert.equal(page.address, "https://app.example/reports?page=2");
  assert.equal(page.storage.size, 0);
  assert.equal(one.user?.sub, "margaret");
  assert.deepEqual(heard.map((user) => user?.sub), ["margaret"]);
  assert.match(await one.token(), /^access-/);
});
test("finishSignIn happens once, however often it is called", async () => {
  const one = app();
  const asked = await begun(one);
  page.answer(TOKEN, json(tokens({ nonce: asked.get("nonce") })));
  comeBack(asked);
  assert.deepEqual(await Promise.all([one.finishSignIn(), one.finishSignIn()]), [true, false]);
  assert.equal(page.to(TOKEN).length, 1);
});
test("finishSignIn leaves other addresses alone", async () => {
  for (const address of [HERE, `${HERE}?code=x`, `${HERE}?state=x`, `${HERE}other?code=x&state=y`]) {
    page.open(address);
    assert.equal(await app().finishSignIn(), false);
    assert.equal(page.address, address);
  }
});
test("finishSignIn refuses an answer that this tab did not ask for, and keeps the one it waits for", async () => {
  const one = app();
  const asked = await begun(one);
  page.answer(TOKEN, json(tokens({ nonce: asked.get("nonce") })));
  comeBack(asked, { state: "planted", code: "planted" });
  await assert.rejects(one.finishSignIn(), failsWith("unknown_answer"));
  assert.equal(page.address, HERE);
  assert.equal(page.requests.length, 0);
  comeBack(asked);
  assert.equal(await one.finishSignIn(), true);
});
test("finishSignIn refuses an answer of another server, or of none", async () => {
  for (const iss of ["https://evil.example", `${ISSUER}/`, ""]) {
    const one = app();
    await one.signIn();
    comeBack(page.left.at(-1).searchParams, { iss });
    await assert.rejects(one.finishSignIn(), failsWith("wrong_issuer"));
  }
  assert.deepEqual([page.requests.length, page.storage.size], [0, 0]);
});
test("finishSignIn refuses tokens of somebody else, and ends what came with them", async () => {
  for (const wrong of [{ nonce: "another" }, { aud: "another" }, { iss: "https://evil.example" }]) {
    page = new Page();
    page.answer(SIGN_OUT, json({}));
    await assert.rejects(signedIn(app(), wrong), failsWith("wrong_token"));
    assert.equal(page.to(SIGN_OUT).length, 1);
  }
});
test("finishSignIn never sends a code twice", async () => {
  const one = app();
  comeBack(await begun(one));
  page.answer(TOKEN, unreachable());
  await assert.rejects(one.finishSignIn(), TypeError);
  assert.equal(page.to(TOKEN).length, 1);
});
test("finishSignIn tells what the server refused", async () => {
  const one = app();
  comeBack(await begun(one), { code: "", error: "login_required", error_description: "Nobody is signed in." });
  await assert.rejects(one.finishSignIn(), failsWith("login_required"));
  assert.equal(page.requests.length, 0);
});
test("finishSignIn waits for a refresh that is under way, and then has its turn", async () => {
  const one = app();
  const asked = await begun(one);
  let answer = (_) => {
  };
  page.answer(REFRESH, () => new Promise((done) => answer = done));
  page.answer(TOKEN, json(tokens({ nonce: asked.get("nonce") })));
  comeBack(asked);
  const early = one.token();
  await settled();
  const finished = one.finishSignIn();
  await settled();
  assert.equal(page.to(TOKEN).length, 0);
  answer(Response.json({ error: "invalid_grant" }, { status: 400 }));
  assert.equal(await finished, true);
  await early;
  assert.equal(one.user?.sub, "margaret");
});
test("token comes from memory while it is good", async () => {
  const one = await signedIn();
  assert.equal(await one.token(), await one.token());
  assert.equal(page.to(REFRESH).length, 0);
});
test("token is renewed shortly before it ends, once for all who ask", async (context) => {
  context.mock.timers.enable({ apis: ["Date"], now: 1e6 });
  const one = await signedIn();
  const first = await one.token();
  page.answer(REFRESH, json(tokens()));
  context.mock.timers.tick(249e3);
  assert.equal(await one.token(), first);
  context.mock.timers.tick(22e3);
  const fresh = await Promise.all([one.token(), one.token(), one.token()]);
  assert.equal((/* @__PURE__ */ new Set([...fresh, first])).size, 2);
  assert.equal(page.to(REFRESH).length, 1);
});
test("token of a page that was loaded anew comes by the cookie", async () => {
  page.answer(REFRESH, json(tokens()));
  const one = app();
  assert.match(await one.token(), /^access-/);
  assert.equal(one.user?.sub, "margaret");
  assert.deepEqual(Object.fromEntries(page.bodies[0]), { client_id: "reports" });
});
test("token of nobody is undefined", async () => {
  page.answer(REFRESH, json({ error: "invalid_grant" }, 400));
  assert.equal(await app().token(), void 0);
});
test("token is asked for again when no answer came, and then the failure is told", async () => {
  page.answer(REFRESH, unreachable(), json(tokens()));
  assert.match(await app().token(), /^access-/);
  page.answer(REFRESH, unreachable());
  await assert.rejects(app().token(), TypeError);
  assert.equal(page.to(REFRESH).length, 4);
});
test("token that cannot be had at the moment signs nobody out", async (context) => {
  context.mock.timers.enable({ apis: ["Date"], now: 1e6 });
  const one = await signedIn();
  context.mock.timers.tick(3e5);
  const away = json({ error: "temporarily_unavailable" }, 503, { "retry-after": "7" });
  page.answer(REFRESH, away, json(tokens()));
  await assert.rejects(one.token(), (error) => error instanceof DoorwardError && error.retryAfter === 7);
  assert.equal(one.user?.sub, "margaret");
  assert.match(await one.token(), /^access-/);
});
test("token of a session that was ended elsewhere is told to who listens", async (context) => {
  context.mock.timers.enable({ apis: ["Date"], now: 1e6 });
  const one = await signedIn();
  const heard = [];
  const stop = one.onChange((user) => heard.push(user));
  page.answer(REFRESH, json({ error: "invalid_grant" }, 400));
  context.mock.timers.tick(3e5);
  assert.equal(await one.token(), void 0);
  assert.deepEqual([heard, one.user], [[null], null]);
  stop();
});
test("fetch shows the token to the APIs", async () => {
  const one = await signedIn();
  page.answer(`${API}/notes`, json([]));
  assert.equal((await one.fetch(`${API}/notes`, { method: "POST", body: "x" })).status, 200);
  const [request] = page.to(`${API}/notes`);
  assert.equal(request.headers.get("authorization"), `Bearer ${await one.token()}`);
});
test("fetch shows the token to nobody else", async () => {
  const one = await signedIn();
  const before = page.requests.length;
  for (const url of ["https://evil.example/notes", "https://api.example.evil.example/", "http://api.example/", "/here", `${ISSUER}/`]) {
    await assert.rejects(one.fetch(new URL(url, HERE)), failsWith("not_an_api"));
  }
  assert.equal(page.requests.length, before);
});
test("fetch repeats a request once with a fresh token, with its body", async () => {
  const one = await signedIn();
  page.answer(REFRESH, json(tokens()));
  page.answer(`${API}/notes`, json({}, 401), json({ id: 1 }, 201));
  const answer = await one.fetch(`${API}/notes`, { method: "POST", body: "text=x" });
  assert.equal(answer.status, 201);
  const sent = page.to(`${API}/notes`);
  assert.equal(new Set(sent.map((request) => request.headers.get("authorization"))).size, 2);
  assert.deepEqual(await Promise.all(sent.map((request) => request.method)), ["POST", "POST"]);
  assert.equal(page.bodies.at(-1).get("text"), "x");
});
test("fetch that is refused again returns the refusal", async () => {
  const one = await signedIn();
  page.answer(REFRESH, json(tokens()));
  page.answer(`${API}/notes`, json({}, 401));
  assert.equal((await one.fetch(`${API}/notes`)).status, 401);
  assert.equal(page.to(`${API}/notes`).length, 2);
});
test("fetch of a session that was ended elsewhere returns the refusal and tells", async () => {
  const one = await signedIn();
  const heard = [];
  one.onChange((user) => heard.push(user));
  page.answer(REFRESH, json({ error: "invalid_grant" }, 400));
  page.answer(`${API}/notes`, json({}, 401));
  assert.equal((await one.fetch(`${API}/notes`)).status, 401);
  assert.deepEqual(heard, [null]);
});
test("fetch of nobody is not sent", async () => {
  page.answer(REFRESH, json({ error: "invalid_grant" }, 400));
  await assert.rejects(app().fetch(`${API}/notes`), failsWith("login_required"));
  assert.equal(page.to(`${API}/notes`).length, 0);
});
test("fetches that are refused together share one new token", async () => {
  const one = await signedIn();
  page.answer(REFRESH, json(tokens()));
  page.answer(`${API}/notes`, json({}, 401), json({}, 401), json({}, 401), json([]));
  const answers = await Promise.all([1, 2, 3].map(() => one.fetch(`${API}/notes`)));
  assert.deepEqual(answers.map((answer) => answer.status), [200, 200, 200]);
  assert.equal(page.to(REFRESH).length, 1);
});
test("signOut ends the application's session, then leaves for the server's", async () => {
  const one = await signedIn();
  const heard = [];
  one.onChange((user) => heard.push(user));
  await one.signOut();
  const leave = page.left.at(-1);
  assert.equal(page.to(SIGN_OUT).length, 1);
  assert.equal(leave.pathname, "/oauth/logout");
  assert.equal(leave.searchParams.get("client_id"), "reports");
  assert.equal(leave.searchParams.get("post_logout_redirect_uri"), HERE);
  assert.match(leave.searchParams.get("id_token_hint"), /^e30\./);
  assert.deepEqual([heard, one.user], [[null], null]);
});
test("signOut of the application alone stays on the page", async () => {
  const one = await signedIn();
  const before = page.left.length;
  await one.signOut({ everywhere: false });
  assert.deepEqual([page.left.length, one.user], [before, null]);
});
test("signOut that the server could not do is told, and signs nobody out", async () => {
  const one = await signedIn();
  page.answer(SIGN_OUT, json({ error: "temporarily_unavailable" }, 503));
  await assert.rejects(one.signOut(), failsWith("temporarily_unavailable"));
  assert.equal(one.user?.sub, "margaret");
});
test("tabs follow each other in and out", async () => {
  const [one, other] = [app(), app()];
  const another = new Doorward({ issuer: ISSUER, clientId: "another" });
  page.answer(REFRESH, json(tokens()));
  await signedIn(one);
  await settled();
  assert.equal(other.user?.sub, "margaret");
  assert.equal(another.user, null);
  await one.signOut({ everywhere: false });
  await settled();
  assert.equal(other.user, null);
});
test("tab that is refreshing when another signs out does not come back to life", async () => {
  const [one, other] = [await signedIn(), app()];
  let answer = (_) => {
  };
  page.answer(REFRESH, () => new Promise((done) => answer = done));
  const late = other.token();
  await settled();
  await one.signOut({ everywhere: false });
  answer(Response.json(tokens()));
  assert.equal(await late, void 0);
  assert.equal(other.user, null);
});
test("tab that is just refused follows another that signs in meanwhile", async () => {
  const [one, other] = [app(), app()];
  let answer = (_) => {
  };
  page.answer(REFRESH, () => new Promise((done) => answer = done), json(tokens()));
  const early = other.token();
  await settled();
  await signedIn(one);
  answer(Response.json({ error: "invalid_grant" }, { status: 400 }));
  await early;
  await settled();
  assert.equal(other.user?.sub, "margaret");
});
test("an issuer is compared as it is spelled", async () => {
  const issuer = `${ISSUER}/`;
  const one = app({ issuer });
  const asked = await begun(one);
  page.answer(TOKEN, json(tokens({ nonce: asked.get("nonce"), iss: issuer })));
  comeBack(asked, { iss: issuer });
  assert.equal(await one.finishSignIn(), true);
  assert.equal(page.left[0].pathname, "/oauth/authorize");
});
test("nothing that could be stolen is ever stored", async () => {
  const one = await signedIn();
  page.answer(REFRESH, json(tokens()));
  await one.token();
  assert.deepEqual([...page.storage], []);
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiLi4vLi4vdGVzdC9kb29yd2FyZC50ZXN0LnRzIiwgIi4uLy4uL3NyYy9jaGFuZ2UudHMiLCAiLi4vLi4vc3JjL2Vycm9ycy50cyIsICIuLi8uLi9zcmMvZG9vcndhcmQudHMiLCAiLi4vLi4vdGVzdC9icm93c2VyLnRzIl0sCiAgInNvdXJjZXNDb250ZW50IjogWyJpbXBvcnQgYXNzZXJ0IGZyb20gXCJub2RlOmFzc2VydC9zdHJpY3RcIjtcbmltcG9ydCB7IGNyZWF0ZUhhc2ggfSBmcm9tIFwibm9kZTpjcnlwdG9cIjtcbmltcG9ydCB7IGJlZm9yZUVhY2gsIHRlc3QgfSBmcm9tIFwibm9kZTp0ZXN0XCI7XG5pbXBvcnQgeyBEb29yd2FyZCwgRG9vcndhcmRFcnJvciwgdHlwZSBVc2VyIH0gZnJvbSBcIi4uL3NyYy9pbmRleC5qc1wiO1xuaW1wb3J0IHsgSEVSRSwgSVNTVUVSLCBqc29uLCBQYWdlLCBzZXR0bGVkLCB1bnJlYWNoYWJsZSB9IGZyb20gXCIuL2Jyb3dzZXIuanNcIjtcblxuY29uc3QgQVBJID0gXCJodHRwczovL2FwaS5leGFtcGxlXCI7XG5jb25zdCBUT0tFTiA9IGAke0lTU1VFUn0vb2F1dGgvYnJvd3Nlci90b2tlbmA7XG5jb25zdCBSRUZSRVNIID0gYCR7SVNTVUVSfS9vYXV0aC9icm93c2VyL3JlZnJlc2hgO1xuY29uc3QgU0lHTl9PVVQgPSBgJHtJU1NVRVJ9L29hdXRoL2Jyb3dzZXIvc2lnbi1vdXRgO1xuXG5sZXQgcGFnZTogUGFnZTtcbmxldCBudW1iZXIgPSAwO1xuXG5iZWZvcmVFYWNoKCgpID0+IHtcbiAgcGFnZSA9IG5ldyBQYWdlKCk7XG4gIHBhZ2UuYW5zd2VyKFNJR05fT1VULCBqc29uKHt9KSk7XG59KTtcblxuZnVuY3Rpb24gYXBwKG9wdGlvbnM6IG9iamVjdCA9IHt9KTogRG9vcndhcmQge1xuICByZXR1cm4gbmV3IERvb3J3YXJkKHsgaXNzdWVyOiBJU1NVRVIsIGNsaWVudElkOiBcInJlcG9ydHNcIiwgYXBpczogW0FQSV0sIC4uLm9wdGlvbnMgfSk7XG59XG5cbmZ1bmN0aW9uIGlkVG9rZW4oY2xhaW1zOiBvYmplY3QgPSB7fSk6IHN0cmluZyB7XG4gIGNvbnN0IHNhaWQgPSB7IGlzczogSVNTVUVSLCBhdWQ6IFwicmVwb3J0c1wiLCBzdWI6IFwibWFyZ2FyZXRcIiwgc2lkOiBcInNlc3Npb25cIiwgLi4uY2xhaW1zIH07XG4gIHJldHVybiBgZTMwLiR7QnVmZmVyLmZyb20oSlNPTi5zdHJpbmdpZnkoc2FpZCkpLnRvU3RyaW5nKFwiYmFzZTY0dXJsXCIpfS5zaWduYXR1cmVgO1xufVxuXG5mdW5jdGlvbiB0b2tlbnMoY2xhaW1zOiBvYmplY3QgPSB7fSwgZXhwaXJlc19pbiA9IDMwMCkge1xuICBudW1iZXIgKz0gMTtcbiAgcmV0dXJuIHsgYWNjZXNzX3Rva2VuOiBgYWNjZXNzLSR7bnVtYmVyfWAsIHRva2VuX3R5cGU6IFwiQmVhcmVyXCIsIGV4cGlyZXNfaW4sIHNjb3BlOiBcIm9wZW5pZFwiLCBpZF90b2tlbjogaWRUb2tlbihjbGFpbXMpIH07XG59XG5cbi8qKiBCZWdpbiB0byBzaWduIGluLCBhbmQgcmV0dXJuIHdoYXQgdGhlIHNlcnZlciB3YXMgYXNrZWQuICovXG5hc3luYyBmdW5jdGlvbiBiZWd1bihvbmU6IERvb3J3YXJkKTogUHJvbWlzZTxVUkxTZWFyY2hQYXJhbXM+IHtcbiAgYXdhaXQgb25lLnNpZ25Jbih7IHJldHVyblRvOiBcIi9yZXBvcnRzP3BhZ2U9MlwiIH0pO1xuICByZXR1cm4gcGFnZS5sZWZ0WzBdIS5zZWFyY2hQYXJhbXM7XG59XG5cbmZ1bmN0aW9uIGNvbWVCYWNrKGFza2VkOiBVUkxTZWFyY2hQYXJhbXMsIGNoYW5nZXM6IFJlY29yZDxzdHJpbmcsIHN0cmluZz4gPSB7fSk6IHZvaWQge1xuICBjb25zdCBhbnN3ZXIgPSB7IGNvZGU6IFwidGhlLWNvZGVcIiwgc3RhdGU6IGFza2VkLmdldChcInN0YXRlXCIpISwgaXNzOiBJU1NVRVIsIC4uLmNoYW5nZXMgfTtcbiAgcGFnZS5vcGVuKGAke0hFUkV9PyR7bmV3IFVSTFNlYXJjaFBhcmFtcyhPYmplY3QuZW50cmllcyhhbnN3ZXIpLmZpbHRlcigoWywgdmFsdWVdKSA9PiB2YWx1ZSkpfWApO1xufVxuXG5hc3luYyBmdW5jdGlvbiBzaWduZWRJbihvbmUgPSBhcHAoKSwgY2xhaW1zOiBvYmplY3QgPSB7fSk6IFByb21pc2U8RG9vcndhcmQ+IHtcbiAgY29uc3QgYXNrZWQgPSBhd2FpdCBiZWd1bihvbmUpO1xuICBwYWdlLmFuc3dlcihUT0tFTiwganNvbih0b2tlbnMoeyBub25jZTogYXNrZWQuZ2V0KFwibm9uY2VcIiksIC4uLmNsYWltcyB9KSkpO1xuICBjb21lQmFjayhhc2tlZCk7XG4gIGFzc2VydC5lcXVhbChhd2FpdCBvbmUuZmluaXNoU2lnbkluKCksIHRydWUpO1xuICByZXR1cm4gb25lO1xufVxuXG5mdW5jdGlvbiBmYWlsc1dpdGgoY29kZTogc3RyaW5nKSB7XG4gIHJldHVybiAoZXJyb3I6IHVua25vd24pID0+IGVycm9yIGluc3RhbmNlb2YgRG9vcndhcmRFcnJvciAmJiBlcnJvci5jb2RlID09PSBjb2RlO1xufVxuXG50ZXN0KFwic2lnbkluIGFza3MgZm9yIGEgY29kZSB3aXRoIFBLQ0UsIGFuZCBrZWVwcyB3aGF0IHRoZSB3YXkgYmFjayBuZWVkc1wiLCBhc3luYyAoKSA9PiB7XG4gIGNvbnN0IGFza2VkID0gYXdhaXQgYmVndW4oYXBwKHsgcmVzb3VyY2U6IEFQSSB9KSk7XG5cbiAgY29uc3Qga2VwdCA9IEpTT04ucGFyc2UoWy4uLnBhZ2Uuc3RvcmFnZS52YWx1ZXMoKV1bMF0hKTtcbiAgYXNzZXJ0LmVxdWFsKHBhZ2UubGVmdFswXSEub3JpZ2luICsgcGFnZS5sZWZ0WzBdIS5wYXRobmFtZSwgYCR7SVNTVUVSfS9vYXV0aC9hdXRob3JpemVgKTtcbiAgYXNzZXJ0LmVxdWFsKGFza2VkLmdldChcInJlc3BvbnNlX3R5cGVcIiksIFwiY29kZVwiKTtcbiAgYXNzZXJ0LmVxdWFsKGFza2VkLmdldChcImNvZGVfY2hhbGxlbmdlX21ldGhvZFwiKSwgXCJTMjU2XCIpO1xuICBhc3NlcnQuZXF1YWwoYXNrZWQuZ2V0KFwiY29kZV9jaGFsbGVuZ2VcIiksIGNyZWF0ZUhhc2goXCJzaGEyNTZcIikudXBkYXRlKGtlcHQudmVyaWZpZXIpLmRpZ2VzdChcImJhc2U2NHVybFwiKSk7XG4gIGFzc2VydC5kZWVwRXF1YWwoW2Fza2VkLmdldChcInN0YXRlXCIpLCBhc2tlZC5nZXQoXCJub25jZVwiKV0sIFtrZXB0LnN0YXRlLCBrZXB0Lm5vbmNlXSk7XG4gIGFzc2VydC5lcXVhbChhc2tlZC5nZXQoXCJyZXNvdXJjZVwiKSwgQVBJKTtcbiAgYXNzZXJ0LmVxdWFsKG5ldyBTZXQoW2tlcHQuc3RhdGUsIGtlcHQubm9uY2UsIGtlcHQudmVyaWZpZXJdKS5zaXplLCAzKTtcbiAgYXNzZXJ0Lm9rKFtrZXB0LnN0YXRlLCBrZXB0Lm5vbmNlLCBrZXB0LnZlcmlmaWVyXS5ldmVyeSgoZWFjaDogc3RyaW5nKSA9PiBlYWNoLmxlbmd0aCA9PT0gNDMpKTtcbn0pO1xuXG50ZXN0KFwic2lnbkluIHBhc3NlcyBvbiBob3cgc29tZWJvZHkgaXMgYXNrZWRcIiwgYXN5bmMgKCkgPT4ge1xuICBhd2FpdCBhcHAoKS5zaWduSW4oeyBwcm9tcHQ6IFwibm9uZVwiLCBsb2dpbkhpbnQ6IFwibWFyZ2FyZXRcIiwgbWF4QWdlOiAwLCBhY3JWYWx1ZXM6IFwiMlwiLCB1aUxvY2FsZXM6IFwiZGVcIiB9KTtcblxuICBjb25zdCBhc2tlZCA9IHBhZ2UubGVmdFswXSEuc2VhcmNoUGFyYW1zO1xuICBjb25zdCBuYW1lcyA9IFtcInByb21wdFwiLCBcImxvZ2luX2hpbnRcIiwgXCJtYXhfYWdlXCIsIFwiYWNyX3ZhbHVlc1wiLCBcInVpX2xvY2FsZXNcIl07XG4gIGFzc2VydC5kZWVwRXF1YWwobmFtZXMubWFwKChuYW1lKSA9PiBhc2tlZC5nZXQobmFtZSkpLCBbXCJub25lXCIsIFwibWFyZ2FyZXRcIiwgXCIwXCIsIFwiMlwiLCBcImRlXCJdKTtcbn0pO1xuXG50ZXN0KFwic2lnbkluIG5ldmVyIGNvbWVzIGJhY2sgdG8gYW5vdGhlciBvcmlnaW5cIiwgYXN5bmMgKCkgPT4ge1xuICBmb3IgKGNvbnN0IHJldHVyblRvIG9mIFtcImh0dHBzOi8vZXZpbC5leGFtcGxlL1wiLCBcIi8vZXZpbC5leGFtcGxlXCIsIFwiamF2YXNjcmlwdDphbGVydCgxKVwiLCBcImh0dHBzOi8vYXBwLmV4YW1wbGU6ODQ0My9cIl0pIHtcbiAgICBhd2FpdCBhc3NlcnQucmVqZWN0cyhhcHAoKS5zaWduSW4oeyByZXR1cm5UbyB9KSwgZmFpbHNXaXRoKFwicmV0dXJuX2Vsc2V3aGVyZVwiKSk7XG4gIH1cbiAgYXNzZXJ0LmRlZXBFcXVhbChbcGFnZS5sZWZ0Lmxlbmd0aCwgcGFnZS5zdG9yYWdlLnNpemVdLCBbMCwgMF0pO1xufSk7XG5cbnRlc3QoXCJmaW5pc2hTaWduSW4gZXhjaGFuZ2VzIHRoZSBjb2RlLCBzYXlzIHdobyBpdCBpcywgYW5kIGNsZWFucyB1cFwiLCBhc3luYyAoKSA9PiB7XG4gIGNvbnN0IG9uZSA9IGFwcCh7IHJlc291cmNlOiBBUEkgfSk7XG4gIGNvbnN0IGhlYXJkOiAoVXNlciB8IG51bGwpW10gPSBbXTtcbiAgb25lLm9uQ2hhbmdlKCh1c2VyKSA9PiBoZWFyZC5wdXNoKHVzZXIpKTtcblxuICBjb25zdCBhc2tlZCA9IGF3YWl0IGJlZ3VuKG9uZSk7XG4gIGNvbnN0IHZlcmlmaWVyID0gSlNPTi5wYXJzZShbLi4ucGFnZS5zdG9yYWdlLnZhbHVlcygpXVswXSEpLnZlcmlmaWVyO1xuICBwYWdlLmFuc3dlcihUT0tFTiwganNvbih0b2tlbnMoeyBub25jZTogYXNrZWQuZ2V0KFwibm9uY2VcIikgfSkpKTtcbiAgY29tZUJhY2soYXNrZWQpO1xuXG4gIGFzc2VydC5lcXVhbChhd2FpdCBvbmUuZmluaXNoU2lnbkluKCksIHRydWUpO1xuICBhc3NlcnQuZGVlcEVxdWFsKE9iamVjdC5mcm9tRW50cmllcyhwYWdlLmJvZGllc1swXSEpLCB7XG4gICAgY2xpZW50X2lkOiBcInJlcG9ydHNcIixcbiAgICBjb2RlOiBcInRoZS1jb2RlXCIsXG4gICAgcmVkaXJlY3RfdXJpOiBIRVJFLFxuICAgIGNvZGVfdmVyaWZpZXI6IHZlcmlmaWVyLFxuICAgIHJlc291cmNlOiBBUEksXG4gIH0pO1xuICBhc3NlcnQuZXF1YWwocGFnZS5yZXF1ZXN0c1swXSEuaGVhZGVycy5nZXQoXCJ4LWRvb3J3YXJkLXNwYVwiKSwgXCIxXCIpO1xuICBhc3NlcnQuZXF1YWwocGFnZS5yZXF1ZXN0c1swXSEuY3JlZGVudGlhbHMsIFwiaW5jbHVkZVwiKTtcbiAgYXNzZXJ0LmVxdWFsKHBhZ2UuYWRkcmVzcywgXCJodHRwczovL2FwcC5leGFtcGxlL3JlcG9ydHM/cGFnZT0yXCIpO1xuICBhc3NlcnQuZXF1YWwocGFnZS5zdG9yYWdlLnNpemUsIDApO1xuICBhc3NlcnQuZXF1YWwob25lLnVzZXI/LnN1YiwgXCJtYXJnYXJldFwiKTtcbiAgYXNzZXJ0LmRlZXBFcXVhbChoZWFyZC5tYXAoKHVzZXIpID0+IHVzZXI/LnN1YiksIFtcIm1hcmdhcmV0XCJdKTtcbiAgYXNzZXJ0Lm1hdGNoKChhd2FpdCBvbmUudG9rZW4oKSkhLCAvXmFjY2Vzcy0vKTtcbn0pO1xuXG50ZXN0KFwiZmluaXNoU2lnbkluIGhhcHBlbnMgb25jZSwgaG93ZXZlciBvZnRlbiBpdCBpcyBjYWxsZWRcIiwgYXN5bmMgKCkgPT4ge1xuICBjb25zdCBvbmUgPSBhcHAoKTtcbiAgY29uc3QgYXNrZWQgPSBhd2FpdCBiZWd1bihvbmUpO1xuICBwYWdlLmFuc3dlcihUT0tFTiwganNvbih0b2tlbnMoeyBub25jZTogYXNrZWQuZ2V0KFwibm9uY2VcIikgfSkpKTtcbiAgY29tZUJhY2soYXNrZWQpO1xuXG4gIGFzc2VydC5kZWVwRXF1YWwoYXdhaXQgUHJvbWlzZS5hbGwoW29uZS5maW5pc2hTaWduSW4oKSwgb25lLmZpbmlzaFNpZ25JbigpXSksIFt0cnVlLCBmYWxzZV0pO1xuICBhc3NlcnQuZXF1YWwocGFnZS50byhUT0tFTikubGVuZ3RoLCAxKTtcbn0pO1xuXG50ZXN0KFwiZmluaXNoU2lnbkluIGxlYXZlcyBvdGhlciBhZGRyZXNzZXMgYWxvbmVcIiwgYXN5bmMgKCkgPT4ge1xuICBmb3IgKGNvbnN0IGFkZHJlc3Mgb2YgW0hFUkUsIGAke0hFUkV9P2NvZGU9eGAsIGAke0hFUkV9P3N0YXRlPXhgLCBgJHtIRVJFfW90aGVyP2NvZGU9eCZzdGF0ZT15YF0pIHtcbiAgICBwYWdlLm9wZW4oYWRkcmVzcyk7XG4gICAgYXNzZXJ0LmVxdWFsKGF3YWl0IGFwcCgpLmZpbmlzaFNpZ25JbigpLCBmYWxzZSk7XG4gICAgYXNzZXJ0LmVxdWFsKHBhZ2UuYWRkcmVzcywgYWRkcmVzcyk7XG4gIH1cbn0pO1xuXG50ZXN0KFwiZmluaXNoU2lnbkluIHJlZnVzZXMgYW4gYW5zd2VyIHRoYXQgdGhpcyB0YWIgZGlkIG5vdCBhc2sgZm9yLCBhbmQga2VlcHMgdGhlIG9uZSBpdCB3YWl0cyBmb3JcIiwgYXN5bmMgKCkgPT4ge1xuICBjb25zdCBvbmUgPSBhcHAoKTtcbiAgY29uc3QgYXNrZWQgPSBhd2FpdCBiZWd1bihvbmUpO1xuICBwYWdlLmFuc3dlcihUT0tFTiwganNvbih0b2tlbnMoeyBub25jZTogYXNrZWQuZ2V0KFwibm9uY2VcIikgfSkpKTtcbiAgY29tZUJhY2soYXNrZWQsIHsgc3RhdGU6IFwicGxhbnRlZFwiLCBjb2RlOiBcInBsYW50ZWRcIiB9KTtcblxuICBhd2FpdCBhc3NlcnQucmVqZWN0cyhvbmUuZmluaXNoU2lnbkluKCksIGZhaWxzV2l0aChcInVua25vd25fYW5zd2VyXCIpKTtcblxuICBhc3NlcnQuZXF1YWwocGFnZS5hZGRyZXNzLCBIRVJFKTtcbiAgYXNzZXJ0LmVxdWFsKHBhZ2UucmVxdWVzdHMubGVuZ3RoLCAwKTtcbiAgY29tZUJhY2soYXNrZWQpO1xuICBhc3NlcnQuZXF1YWwoYXdhaXQgb25lLmZpbmlzaFNpZ25JbigpLCB0cnVlKTtcbn0pO1xuXG50ZXN0KFwiZmluaXNoU2lnbkluIHJlZnVzZXMgYW4gYW5zd2VyIG9mIGFub3RoZXIgc2VydmVyLCBvciBvZiBub25lXCIsIGFzeW5jICgpID0+IHtcbiAgZm9yIChjb25zdCBpc3Mgb2YgW1wiaHR0cHM6Ly9ldmlsLmV4YW1wbGVcIiwgYCR7SVNTVUVSfS9gLCBcIlwiXSkge1xuICAgIGNvbnN0IG9uZSA9IGFwcCgpO1xuICAgIGF3YWl0IG9uZS5zaWduSW4oKTtcbiAgICBjb21lQmFjayhwYWdlLmxlZnQuYXQoLTEpIS5zZWFyY2hQYXJhbXMsIHsgaXNzIH0pO1xuXG4gICAgYXdhaXQgYXNzZXJ0LnJlamVjdHMob25lLmZpbmlzaFNpZ25JbigpLCBmYWlsc1dpdGgoXCJ3cm9uZ19pc3N1ZXJcIikpO1xuICB9XG4gIGFzc2VydC5kZWVwRXF1YWwoW3BhZ2UucmVxdWVzdHMubGVuZ3RoLCBwYWdlLnN0b3JhZ2Uuc2l6ZV0sIFswLCAwXSk7XG59KTtcblxudGVzdChcImZpbmlzaFNpZ25JbiByZWZ1c2VzIHRva2VucyBvZiBzb21lYm9keSBlbHNlLCBhbmQgZW5kcyB3aGF0IGNhbWUgd2l0aCB0aGVtXCIsIGFzeW5jICgpID0+IHtcbiAgZm9yIChjb25zdCB3cm9uZyBvZiBbeyBub25jZTogXCJhbm90aGVyXCIgfSwgeyBhdWQ6IFwiYW5vdGhlclwiIH0sIHsgaXNzOiBcImh0dHBzOi8vZXZpbC5leGFtcGxlXCIgfV0pIHtcbiAgICBwYWdlID0gbmV3IFBhZ2UoKTtcbiAgICBwYWdlLmFuc3dlcihTSUdOX09VVCwganNvbih7fSkpO1xuXG4gICAgYXdhaXQgYXNzZXJ0LnJlamVjdHMoc2lnbmVkSW4oYXBwKCksIHdyb25nKSwgZmFpbHNXaXRoKFwid3JvbmdfdG9rZW5cIikpO1xuXG4gICAgYXNzZXJ0LmVxdWFsKHBhZ2UudG8oU0lHTl9PVVQpLmxlbmd0aCwgMSk7XG4gIH1cbn0pO1xuXG50ZXN0KFwiZmluaXNoU2lnbkluIG5ldmVyIHNlbmRzIGEgY29kZSB0d2ljZVwiLCBhc3luYyAoKSA9PiB7XG4gIGNvbnN0IG9uZSA9IGFwcCgpO1xuICBjb21lQmFjayhhd2FpdCBiZWd1bihvbmUpKTtcbiAgcGFnZS5hbnN3ZXIoVE9LRU4sIHVucmVhY2hhYmxlKCkpO1xuXG4gIGF3YWl0IGFzc2VydC5yZWplY3RzKG9uZS5maW5pc2hTaWduSW4oKSwgVHlwZUVycm9yKTtcbiAgYXNzZXJ0LmVxdWFsKHBhZ2UudG8oVE9LRU4pLmxlbmd0aCwgMSk7XG59KTtcblxudGVzdChcImZpbmlzaFNpZ25JbiB0ZWxscyB3aGF0IHRoZSBzZXJ2ZXIgcmVmdXNlZFwiLCBhc3luYyAoKSA9PiB7XG4gIGNvbnN0IG9uZSA9IGFwcCgpO1xuICBjb21lQmFjayhhd2FpdCBiZWd1bihvbmUpLCB7IGNvZGU6IFwiXCIsIGVycm9yOiBcImxvZ2luX3JlcXVpcmVkXCIsIGVycm9yX2Rlc2NyaXB0aW9uOiBcIk5vYm9keSBpcyBzaWduZWQgaW4uXCIgfSk7XG5cbiAgYXdhaXQgYXNzZXJ0LnJlamVjdHMob25lLmZpbmlzaFNpZ25JbigpLCBmYWlsc1dpdGgoXCJsb2dpbl9yZXF1aXJlZFwiKSk7XG4gIGFzc2VydC5lcXVhbChwYWdlLnJlcXVlc3RzLmxlbmd0aCwgMCk7XG59KTtcblxudGVzdChcImZpbmlzaFNpZ25JbiB3YWl0cyBmb3IgYSByZWZyZXNoIHRoYXQgaXMgdW5kZXIgd2F5LCBhbmQgdGhlbiBoYXMgaXRzIHR1cm5cIiwgYXN5bmMgKCkgPT4ge1xuICBjb25zdCBvbmUgPSBhcHAoKTtcbiAgY29uc3QgYXNrZWQgPSBhd2FpdCBiZWd1bihvbmUpO1xuICBsZXQgYW5zd2VyID0gKF86IFJlc3BvbnNlKSA9PiB7fTtcbiAgcGFnZS5hbnN3ZXIoUkVGUkVTSCwgKCkgPT4gbmV3IFByb21pc2U8UmVzcG9uc2U+KChkb25lKSA9PiAoYW5zd2VyID0gZG9uZSkpKTtcbiAgcGFnZS5hbnN3ZXIoVE9LRU4sIGpzb24odG9rZW5zKHsgbm9uY2U6IGFza2VkLmdldChcIm5vbmNlXCIpIH0pKSk7XG4gIGNvbWVCYWNrKGFza2VkKTtcbiAgY29uc3QgZWFybHkgPSBvbmUudG9rZW4oKTtcbiAgYXdhaXQgc2V0dGxlZCgpO1xuXG4gIGNvbnN0IGZpbmlzaGVkID0gb25lLmZpbmlzaFNpZ25JbigpO1xuICBhd2FpdCBzZXR0bGVkKCk7XG4gIGFzc2VydC5lcXVhbChwYWdlLnRvKFRPS0VOKS5sZW5ndGgsIDApO1xuICBhbnN3ZXIoUmVzcG9uc2UuanNvbih7IGVycm9yOiBcImludmFsaWRfZ3JhbnRcIiB9LCB7IHN0YXR1czogNDAwIH0pKTtcblxuICBhc3NlcnQuZXF1YWwoYXdhaXQgZmluaXNoZWQsIHRydWUpO1xuICBhd2FpdCBlYXJseTtcbiAgYXNzZXJ0LmVxdWFsKG9uZS51c2VyPy5zdWIsIFwibWFyZ2FyZXRcIik7XG59KTtcblxudGVzdChcInRva2VuIGNvbWVzIGZyb20gbWVtb3J5IHdoaWxlIGl0IGlzIGdvb2RcIiwgYXN5bmMgKCkgPT4ge1xuICBjb25zdCBvbmUgPSBhd2FpdCBzaWduZWRJbigpO1xuXG4gIGFzc2VydC5lcXVhbChhd2FpdCBvbmUudG9rZW4oKSwgYXdhaXQgb25lLnRva2VuKCkpO1xuICBhc3NlcnQuZXF1YWwocGFnZS50byhSRUZSRVNIKS5sZW5ndGgsIDApO1xufSk7XG5cbnRlc3QoXCJ0b2tlbiBpcyByZW5ld2VkIHNob3J0bHkgYmVmb3JlIGl0IGVuZHMsIG9uY2UgZm9yIGFsbCB3aG8gYXNrXCIsIGFzeW5jIChjb250ZXh0KSA9PiB7XG4gIGNvbnRleHQubW9jay50aW1lcnMuZW5hYmxlKHsgYXBpczogW1wiRGF0ZVwiXSwgbm93OiAxXzAwMF8wMDAgfSk7XG4gIGNvbnN0IG9uZSA9IGF3YWl0IHNpZ25lZEluKCk7XG4gIGNvbnN0IGZpcnN0ID0gYXdhaXQgb25lLnRva2VuKCk7XG4gIHBhZ2UuYW5zd2VyKFJFRlJFU0gsIGpzb24odG9rZW5zKCkpKTtcblxuICBjb250ZXh0Lm1vY2sudGltZXJzLnRpY2soMjQ5XzAwMCk7XG4gIGFzc2VydC5lcXVhbChhd2FpdCBvbmUudG9rZW4oKSwgZmlyc3QpO1xuICBjb250ZXh0Lm1vY2sudGltZXJzLnRpY2soMjJfMDAwKTtcbiAgY29uc3QgZnJlc2ggPSBhd2FpdCBQcm9taXNlLmFsbChbb25lLnRva2VuKCksIG9uZS50b2tlbigpLCBvbmUudG9rZW4oKV0pO1xuXG4gIGFzc2VydC5lcXVhbChuZXcgU2V0KFsuLi5mcmVzaCwgZmlyc3RdKS5zaXplLCAyKTtcbiAgYXNzZXJ0LmVxdWFsKHBhZ2UudG8oUkVGUkVTSCkubGVuZ3RoLCAxKTtcbn0pO1xuXG50ZXN0KFwidG9rZW4gb2YgYSBwYWdlIHRoYXQgd2FzIGxvYWRlZCBhbmV3IGNvbWVzIGJ5IHRoZSBjb29raWVcIiwgYXN5bmMgKCkgPT4ge1xuICBwYWdlLmFuc3dlcihSRUZSRVNILCBqc29uKHRva2VucygpKSk7XG4gIGNvbnN0IG9uZSA9IGFwcCgpO1xuXG4gIGFzc2VydC5tYXRjaCgoYXdhaXQgb25lLnRva2VuKCkpISwgL15hY2Nlc3MtLyk7XG4gIGFzc2VydC5lcXVhbChvbmUudXNlcj8uc3ViLCBcIm1hcmdhcmV0XCIpO1xuICBhc3NlcnQuZGVlcEVxdWFsKE9iamVjdC5mcm9tRW50cmllcyhwYWdlLmJvZGllc1swXSEpLCB7IGNsaWVudF9pZDogXCJyZXBvcnRzXCIgfSk7XG59KTtcblxudGVzdChcInRva2VuIG9mIG5vYm9keSBpcyB1bmRlZmluZWRcIiwgYXN5bmMgKCkgPT4ge1xuICBwYWdlLmFuc3dlcihSRUZSRVNILCBqc29uKHsgZXJyb3I6IFwiaW52YWxpZF9ncmFudFwiIH0sIDQwMCkpO1xuXG4gIGFzc2VydC5lcXVhbChhd2FpdCBhcHAoKS50b2tlbigpLCB1bmRlZmluZWQpO1xufSk7XG5cbnRlc3QoXCJ0b2tlbiBpcyBhc2tlZCBmb3IgYWdhaW4gd2hlbiBubyBhbnN3ZXIgY2FtZSwgYW5kIHRoZW4gdGhlIGZhaWx1cmUgaXMgdG9sZFwiLCBhc3luYyAoKSA9PiB7XG4gIHBhZ2UuYW5zd2VyKFJFRlJFU0gsIHVucmVhY2hhYmxlKCksIGpzb24odG9rZW5zKCkpKTtcbiAgYXNzZXJ0Lm1hdGNoKChhd2FpdCBhcHAoKS50b2tlbigpKSEsIC9eYWNjZXNzLS8pO1xuXG4gIHBhZ2UuYW5zd2VyKFJFRlJFU0gsIHVucmVhY2hhYmxlKCkpO1xuICBhd2FpdCBhc3NlcnQucmVqZWN0cyhhcHAoKS50b2tlbigpLCBUeXBlRXJyb3IpO1xuICBhc3NlcnQuZXF1YWwocGFnZS50byhSRUZSRVNIKS5sZW5ndGgsIDQpO1xufSk7XG5cbnRlc3QoXCJ0b2tlbiB0aGF0IGNhbm5vdCBiZSBoYWQgYXQgdGhlIG1vbWVudCBzaWducyBub2JvZHkgb3V0XCIsIGFzeW5jIChjb250ZXh0KSA9PiB7XG4gIGNvbnRleHQubW9jay50aW1lcnMuZW5hYmxlKHsgYXBpczogW1wiRGF0ZVwiXSwgbm93OiAxXzAwMF8wMDAgfSk7XG4gIGNvbnN0IG9uZSA9IGF3YWl0IHNpZ25lZEluKCk7XG4gIGNvbnRleHQubW9jay50aW1lcnMudGljaygzMDBfMDAwKTtcbiAgY29uc3QgYXdheSA9IGpzb24oeyBlcnJvcjogXCJ0ZW1wb3JhcmlseV91bmF2YWlsYWJsZVwiIH0sIDUwMywgeyBcInJldHJ5LWFmdGVyXCI6IFwiN1wiIH0pO1xuICBwYWdlLmFuc3dlcihSRUZSRVNILCBhd2F5LCBqc29uKHRva2VucygpKSk7XG5cbiAgYXdhaXQgYXNzZXJ0LnJlamVjdHMob25lLnRva2VuKCksIChlcnJvcjogdW5rbm93bikgPT4gZXJyb3IgaW5zdGFuY2VvZiBEb29yd2FyZEVycm9yICYmIGVycm9yLnJldHJ5QWZ0ZXIgPT09IDcpO1xuICBhc3NlcnQuZXF1YWwob25lLnVzZXI/LnN1YiwgXCJtYXJnYXJldFwiKTtcbiAgYXNzZXJ0Lm1hdGNoKChhd2FpdCBvbmUudG9rZW4oKSkhLCAvXmFjY2Vzcy0vKTtcbn0pO1xuXG50ZXN0KFwidG9rZW4gb2YgYSBzZXNzaW9uIHRoYXQgd2FzIGVuZGVkIGVsc2V3aGVyZSBpcyB0b2xkIHRvIHdobyBsaXN0ZW5zXCIsIGFzeW5jIChjb250ZXh0KSA9PiB7XG4gIGNvbnRleHQubW9jay50aW1lcnMuZW5hYmxlKHsgYXBpczogW1wiRGF0ZVwiXSwgbm93OiAxXzAwMF8wMDAgfSk7XG4gIGNvbnN0IG9uZSA9IGF3YWl0IHNpZ25lZEluKCk7XG4gIGNvbnN0IGhlYXJkOiAoVXNlciB8IG51bGwpW10gPSBbXTtcbiAgY29uc3Qgc3RvcCA9IG9uZS5vbkNoYW5nZSgodXNlcikgPT4gaGVhcmQucHVzaCh1c2VyKSk7XG4gIHBhZ2UuYW5zd2VyKFJFRlJFU0gsIGpzb24oeyBlcnJvcjogXCJpbnZhbGlkX2dyYW50XCIgfSwgNDAwKSk7XG4gIGNvbnRleHQubW9jay50aW1lcnMudGljaygzMDBfMDAwKTtcblxuICBhc3NlcnQuZXF1YWwoYXdhaXQgb25lLnRva2VuKCksIHVuZGVmaW5lZCk7XG4gIGFzc2VydC5kZWVwRXF1YWwoW2hlYXJkLCBvbmUudXNlcl0sIFtbbnVsbF0sIG51bGxdKTtcbiAgc3RvcCgpO1xufSk7XG5cbnRlc3QoXCJmZXRjaCBzaG93cyB0aGUgdG9rZW4gdG8gdGhlIEFQSXNcIiwgYXN5bmMgKCkgPT4ge1xuICBjb25zdCBvbmUgPSBhd2FpdCBzaWduZWRJbigpO1xuICBwYWdlLmFuc3dlcihgJHtBUEl9L25vdGVzYCwganNvbihbXSkpO1xuXG4gIGFzc2VydC5lcXVhbCgoYXdhaXQgb25lLmZldGNoKGAke0FQSX0vbm90ZXNgLCB7IG1ldGhvZDogXCJQT1NUXCIsIGJvZHk6IFwieFwiIH0pKS5zdGF0dXMsIDIwMCk7XG4gIGNvbnN0IFtyZXF1ZXN0XSA9IHBhZ2UudG8oYCR7QVBJfS9ub3Rlc2ApO1xuICBhc3NlcnQuZXF1YWwocmVxdWVzdCEuaGVhZGVycy5nZXQoXCJhdXRob3JpemF0aW9uXCIpLCBgQmVhcmVyICR7YXdhaXQgb25lLnRva2VuKCl9YCk7XG59KTtcblxudGVzdChcImZldGNoIHNob3dzIHRoZSB0b2tlbiB0byBub2JvZHkgZWxzZVwiLCBhc3luYyAoKSA9PiB7XG4gIGNvbnN0IG9uZSA9IGF3YWl0IHNpZ25lZEluKCk7XG4gIGNvbnN0IGJlZm9yZSA9IHBhZ2UucmVxdWVzdHMubGVuZ3RoO1xuXG4gIGZvciAoY29uc3QgdXJsIG9mIFtcImh0dHBzOi8vZXZpbC5leGFtcGxlL25vdGVzXCIsIFwiaHR0cHM6Ly9hcGkuZXhhbXBsZS5ldmlsLmV4YW1wbGUvXCIsIFwiaHR0cDovL2FwaS5leGFtcGxlL1wiLCBcIi9oZXJlXCIsIGAke0lTU1VFUn0vYF0pIHtcbiAgICBhd2FpdCBhc3NlcnQucmVqZWN0cyhvbmUuZmV0Y2gobmV3IFVSTCh1cmwsIEhFUkUpKSwgZmFpbHNXaXRoKFwibm90X2FuX2FwaVwiKSk7XG4gIH1cbiAgYXNzZXJ0LmVxdWFsKHBhZ2UucmVxdWVzdHMubGVuZ3RoLCBiZWZvcmUpO1xufSk7XG5cbnRlc3QoXCJmZXRjaCByZXBlYXRzIGEgcmVxdWVzdCBvbmNlIHdpdGggYSBmcmVzaCB0b2tlbiwgd2l0aCBpdHMgYm9keVwiLCBhc3luYyAoKSA9PiB7XG4gIGNvbnN0IG9uZSA9IGF3YWl0IHNpZ25lZEluKCk7XG4gIHBhZ2UuYW5zd2VyKFJFRlJFU0gsIGpzb24odG9rZW5zKCkpKTtcbiAgcGFnZS5hbnN3ZXIoYCR7QVBJfS9ub3Rlc2AsIGpzb24oe30sIDQwMSksIGpzb24oeyBpZDogMSB9LCAyMDEpKTtcblxuICBjb25zdCBhbnN3ZXIgPSBhd2FpdCBvbmUuZmV0Y2goYCR7QVBJfS9ub3Rlc2AsIHsgbWV0aG9kOiBcIlBPU1RcIiwgYm9keTogXCJ0ZXh0PXhcIiB9KTtcblxuICBhc3NlcnQuZXF1YWwoYW5zd2VyLnN0YXR1cywgMjAxKTtcbiAgY29uc3Qgc2VudCA9IHBhZ2UudG8oYCR7QVBJfS9ub3Rlc2ApO1xuICBhc3NlcnQuZXF1YWwobmV3IFNldChzZW50Lm1hcCgocmVxdWVzdCkgPT4gcmVxdWVzdC5oZWFkZXJzLmdldChcImF1dGhvcml6YXRpb25cIikpKS5zaXplLCAyKTtcbiAgYXNzZXJ0LmRlZXBFcXVhbChhd2FpdCBQcm9taXNlLmFsbChzZW50Lm1hcCgocmVxdWVzdCkgPT4gcmVxdWVzdC5tZXRob2QpKSwgW1wiUE9TVFwiLCBcIlBPU1RcIl0pO1xuICBhc3NlcnQuZXF1YWwocGFnZS5ib2RpZXMuYXQoLTEpIS5nZXQoXCJ0ZXh0XCIpLCBcInhcIik7XG59KTtcblxudGVzdChcImZldGNoIHRoYXQgaXMgcmVmdXNlZCBhZ2FpbiByZXR1cm5zIHRoZSByZWZ1c2FsXCIsIGFzeW5jICgpID0+IHtcbiAgY29uc3Qgb25lID0gYXdhaXQgc2lnbmVkSW4oKTtcbiAgcGFnZS5hbnN3ZXIoUkVGUkVTSCwganNvbih0b2tlbnMoKSkpO1xuICBwYWdlLmFuc3dlcihgJHtBUEl9L25vdGVzYCwganNvbih7fSwgNDAxKSk7XG5cbiAgYXNzZXJ0LmVxdWFsKChhd2FpdCBvbmUuZmV0Y2goYCR7QVBJfS9ub3Rlc2ApKS5zdGF0dXMsIDQwMSk7XG4gIGFzc2VydC5lcXVhbChwYWdlLnRvKGAke0FQSX0vbm90ZXNgKS5sZW5ndGgsIDIpO1xufSk7XG5cbnRlc3QoXCJmZXRjaCBvZiBhIHNlc3Npb24gdGhhdCB3YXMgZW5kZWQgZWxzZXdoZXJlIHJldHVybnMgdGhlIHJlZnVzYWwgYW5kIHRlbGxzXCIsIGFzeW5jICgpID0+IHtcbiAgY29uc3Qgb25lID0gYXdhaXQgc2lnbmVkSW4oKTtcbiAgY29uc3QgaGVhcmQ6IChVc2VyIHwgbnVsbClbXSA9IFtdO1xuICBvbmUub25DaGFuZ2UoKHVzZXIpID0+IGhlYXJkLnB1c2godXNlcikpO1xuICBwYWdlLmFuc3dlcihSRUZSRVNILCBqc29uKHsgZXJyb3I6IFwiaW52YWxpZF9ncmFudFwiIH0sIDQwMCkpO1xuICBwYWdlLmFuc3dlcihgJHtBUEl9L25vdGVzYCwganNvbih7fSwgNDAxKSk7XG5cbiAgYXNzZXJ0LmVxdWFsKChhd2FpdCBvbmUuZmV0Y2goYCR7QVBJfS9ub3Rlc2ApKS5zdGF0dXMsIDQwMSk7XG4gIGFzc2VydC5kZWVwRXF1YWwoaGVhcmQsIFtudWxsXSk7XG59KTtcblxudGVzdChcImZldGNoIG9mIG5vYm9keSBpcyBub3Qgc2VudFwiLCBhc3luYyAoKSA9PiB7XG4gIHBhZ2UuYW5zd2VyKFJFRlJFU0gsIGpzb24oeyBlcnJvcjogXCJpbnZhbGlkX2dyYW50XCIgfSwgNDAwKSk7XG5cbiAgYXdhaXQgYXNzZXJ0LnJlamVjdHMoYXBwKCkuZmV0Y2goYCR7QVBJfS9ub3Rlc2ApLCBmYWlsc1dpdGgoXCJsb2dpbl9yZXF1aXJlZFwiKSk7XG4gIGFzc2VydC5lcXVhbChwYWdlLnRvKGAke0FQSX0vbm90ZXNgKS5sZW5ndGgsIDApO1xufSk7XG5cbnRlc3QoXCJmZXRjaGVzIHRoYXQgYXJlIHJlZnVzZWQgdG9nZXRoZXIgc2hhcmUgb25lIG5ldyB0b2tlblwiLCBhc3luYyAoKSA9PiB7XG4gIGNvbnN0IG9uZSA9IGF3YWl0IHNpZ25lZEluKCk7XG4gIHBhZ2UuYW5zd2VyKFJFRlJFU0gsIGpzb24odG9rZW5zKCkpKTtcbiAgcGFnZS5hbnN3ZXIoYCR7QVBJfS9ub3Rlc2AsIGpzb24oe30sIDQwMSksIGpzb24oe30sIDQwMSksIGpzb24oe30sIDQwMSksIGpzb24oW10pKTtcblxuICBjb25zdCBhbnN3ZXJzID0gYXdhaXQgUHJvbWlzZS5hbGwoWzEsIDIsIDNdLm1hcCgoKSA9PiBvbmUuZmV0Y2goYCR7QVBJfS9ub3Rlc2ApKSk7XG5cbiAgYXNzZXJ0LmRlZXBFcXVhbChhbnN3ZXJzLm1hcCgoYW5zd2VyKSA9PiBhbnN3ZXIuc3RhdHVzKSwgWzIwMCwgMjAwLCAyMDBdKTtcbiAgYXNzZXJ0LmVxdWFsKHBhZ2UudG8oUkVGUkVTSCkubGVuZ3RoLCAxKTtcbn0pO1xuXG50ZXN0KFwic2lnbk91dCBlbmRzIHRoZSBhcHBsaWNhdGlvbidzIHNlc3Npb24sIHRoZW4gbGVhdmVzIGZvciB0aGUgc2VydmVyJ3NcIiwgYXN5bmMgKCkgPT4ge1xuICBjb25zdCBvbmUgPSBhd2FpdCBzaWduZWRJbigpO1xuICBjb25zdCBoZWFyZDogKFVzZXIgfCBudWxsKVtdID0gW107XG4gIG9uZS5vbkNoYW5nZSgodXNlcikgPT4gaGVhcmQucHVzaCh1c2VyKSk7XG5cbiAgYXdhaXQgb25lLnNpZ25PdXQoKTtcblxuICBjb25zdCBsZWF2ZSA9IHBhZ2UubGVmdC5hdCgtMSkhO1xuICBhc3NlcnQuZXF1YWwocGFnZS50byhTSUdOX09VVCkubGVuZ3RoLCAxKTtcbiAgYXNzZXJ0LmVxdWFsKGxlYXZlLnBhdGhuYW1lLCBcIi9vYXV0aC9sb2dvdXRcIik7XG4gIGFzc2VydC5lcXVhbChsZWF2ZS5zZWFyY2hQYXJhbXMuZ2V0KFwiY2xpZW50X2lkXCIpLCBcInJlcG9ydHNcIik7XG4gIGFzc2VydC5lcXVhbChsZWF2ZS5zZWFyY2hQYXJhbXMuZ2V0KFwicG9zdF9sb2dvdXRfcmVkaXJlY3RfdXJpXCIpLCBIRVJFKTtcbiAgYXNzZXJ0Lm1hdGNoKGxlYXZlLnNlYXJjaFBhcmFtcy5nZXQoXCJpZF90b2tlbl9oaW50XCIpISwgL15lMzBcXC4vKTtcbiAgYXNzZXJ0LmRlZXBFcXVhbChbaGVhcmQsIG9uZS51c2VyXSwgW1tudWxsXSwgbnVsbF0pO1xufSk7XG5cbnRlc3QoXCJzaWduT3V0IG9mIHRoZSBhcHBsaWNhdGlvbiBhbG9uZSBzdGF5cyBvbiB0aGUgcGFnZVwiLCBhc3luYyAoKSA9PiB7XG4gIGNvbnN0IG9uZSA9IGF3YWl0IHNpZ25lZEluKCk7XG4gIGNvbnN0IGJlZm9yZSA9IHBhZ2UubGVmdC5sZW5ndGg7XG5cbiAgYXdhaXQgb25lLnNpZ25PdXQoeyBldmVyeXdoZXJlOiBmYWxzZSB9KTtcblxuICBhc3NlcnQuZGVlcEVxdWFsKFtwYWdlLmxlZnQubGVuZ3RoLCBvbmUudXNlcl0sIFtiZWZvcmUsIG51bGxdKTtcbn0pO1xuXG50ZXN0KFwic2lnbk91dCB0aGF0IHRoZSBzZXJ2ZXIgY291bGQgbm90IGRvIGlzIHRvbGQsIGFuZCBzaWducyBub2JvZHkgb3V0XCIsIGFzeW5jICgpID0+IHtcbiAgY29uc3Qgb25lID0gYXdhaXQgc2lnbmVkSW4oKTtcbiAgcGFnZS5hbnN3ZXIoU0lHTl9PVVQsIGpzb24oeyBlcnJvcjogXCJ0ZW1wb3JhcmlseV91bmF2YWlsYWJsZVwiIH0sIDUwMykpO1xuXG4gIGF3YWl0IGFzc2VydC5yZWplY3RzKG9uZS5zaWduT3V0KCksIGZhaWxzV2l0aChcInRlbXBvcmFyaWx5X3VuYXZhaWxhYmxlXCIpKTtcbiAgYXNzZXJ0LmVxdWFsKG9uZS51c2VyPy5zdWIsIFwibWFyZ2FyZXRcIik7XG59KTtcblxudGVzdChcInRhYnMgZm9sbG93IGVhY2ggb3RoZXIgaW4gYW5kIG91dFwiLCBhc3luYyAoKSA9PiB7XG4gIGNvbnN0IFtvbmUsIG90aGVyXSA9IFthcHAoKSwgYXBwKCldO1xuICBjb25zdCBhbm90aGVyID0gbmV3IERvb3J3YXJkKHsgaXNzdWVyOiBJU1NVRVIsIGNsaWVudElkOiBcImFub3RoZXJcIiB9KTtcbiAgcGFnZS5hbnN3ZXIoUkVGUkVTSCwganNvbih0b2tlbnMoKSkpO1xuXG4gIGF3YWl0IHNpZ25lZEluKG9uZSk7XG4gIGF3YWl0IHNldHRsZWQoKTtcbiAgYXNzZXJ0LmVxdWFsKG90aGVyLnVzZXI/LnN1YiwgXCJtYXJnYXJldFwiKTtcbiAgYXNzZXJ0LmVxdWFsKGFub3RoZXIudXNlciwgbnVsbCk7XG5cbiAgYXdhaXQgb25lLnNpZ25PdXQoeyBldmVyeXdoZXJlOiBmYWxzZSB9KTtcbiAgYXdhaXQgc2V0dGxlZCgpO1xuICBhc3NlcnQuZXF1YWwob3RoZXIudXNlciwgbnVsbCk7XG59KTtcblxudGVzdChcInRhYiB0aGF0IGlzIHJlZnJlc2hpbmcgd2hlbiBhbm90aGVyIHNpZ25zIG91dCBkb2VzIG5vdCBjb21lIGJhY2sgdG8gbGlmZVwiLCBhc3luYyAoKSA9PiB7XG4gIGNvbnN0IFtvbmUsIG90aGVyXSA9IFthd2FpdCBzaWduZWRJbigpLCBhcHAoKV07XG4gIGxldCBhbnN3ZXIgPSAoXzogUmVzcG9uc2UpID0+IHt9O1xuICBwYWdlLmFuc3dlcihSRUZSRVNILCAoKSA9PiBuZXcgUHJvbWlzZTxSZXNwb25zZT4oKGRvbmUpID0+IChhbnN3ZXIgPSBkb25lKSkpO1xuICBjb25zdCBsYXRlID0gb3RoZXIudG9rZW4oKTtcbiAgYXdhaXQgc2V0dGxlZCgpO1xuXG4gIGF3YWl0IG9uZS5zaWduT3V0KHsgZXZlcnl3aGVyZTogZmFsc2UgfSk7XG4gIGFuc3dlcihSZXNwb25zZS5qc29uKHRva2VucygpKSk7XG5cbiAgYXNzZXJ0LmVxdWFsKGF3YWl0IGxhdGUsIHVuZGVmaW5lZCk7XG4gIGFzc2VydC5lcXVhbChvdGhlci51c2VyLCBudWxsKTtcbn0pO1xuXG50ZXN0KFwidGFiIHRoYXQgaXMganVzdCByZWZ1c2VkIGZvbGxvd3MgYW5vdGhlciB0aGF0IHNpZ25zIGluIG1lYW53aGlsZVwiLCBhc3luYyAoKSA9PiB7XG4gIGNvbnN0IFtvbmUsIG90aGVyXSA9IFthcHAoKSwgYXBwKCldO1xuICBsZXQgYW5zd2VyID0gKF86IFJlc3BvbnNlKSA9PiB7fTtcbiAgcGFnZS5hbnN3ZXIoUkVGUkVTSCwgKCkgPT4gbmV3IFByb21pc2U8UmVzcG9uc2U+KChkb25lKSA9PiAoYW5zd2VyID0gZG9uZSkpLCBqc29uKHRva2VucygpKSk7XG4gIGNvbnN0IGVhcmx5ID0gb3RoZXIudG9rZW4oKTtcbiAgYXdhaXQgc2V0dGxlZCgpO1xuXG4gIGF3YWl0IHNpZ25lZEluKG9uZSk7XG4gIGFuc3dlcihSZXNwb25zZS5qc29uKHsgZXJyb3I6IFwiaW52YWxpZF9ncmFudFwiIH0sIHsgc3RhdHVzOiA0MDAgfSkpO1xuICBhd2FpdCBlYXJseTtcbiAgYXdhaXQgc2V0dGxlZCgpO1xuXG4gIGFzc2VydC5lcXVhbChvdGhlci51c2VyPy5zdWIsIFwibWFyZ2FyZXRcIik7XG59KTtcblxudGVzdChcImFuIGlzc3VlciBpcyBjb21wYXJlZCBhcyBpdCBpcyBzcGVsbGVkXCIsIGFzeW5jICgpID0+IHtcbiAgY29uc3QgaXNzdWVyID0gYCR7SVNTVUVSfS9gO1xuICBjb25zdCBvbmUgPSBhcHAoeyBpc3N1ZXIgfSk7XG4gIGNvbnN0IGFza2VkID0gYXdhaXQgYmVndW4ob25lKTtcbiAgcGFnZS5hbnN3ZXIoVE9LRU4sIGpzb24odG9rZW5zKHsgbm9uY2U6IGFza2VkLmdldChcIm5vbmNlXCIpLCBpc3M6IGlzc3VlciB9KSkpO1xuICBjb21lQmFjayhhc2tlZCwgeyBpc3M6IGlzc3VlciB9KTtcblxuICBhc3NlcnQuZXF1YWwoYXdhaXQgb25lLmZpbmlzaFNpZ25JbigpLCB0cnVlKTtcbiAgYXNzZXJ0LmVxdWFsKHBhZ2UubGVmdFswXSEucGF0aG5hbWUsIFwiL29hdXRoL2F1dGhvcml6ZVwiKTtcbn0pO1xuXG50ZXN0KFwibm90aGluZyB0aGF0IGNvdWxkIGJlIHN0b2xlbiBpcyBldmVyIHN0b3JlZFwiLCBhc3luYyAoKSA9PiB7XG4gIGNvbnN0IG9uZSA9IGF3YWl0IHNpZ25lZEluKCk7XG4gIHBhZ2UuYW5zd2VyKFJFRlJFU0gsIGpzb24odG9rZW5zKCkpKTtcbiAgYXdhaXQgb25lLnRva2VuKCk7XG5cbiAgYXNzZXJ0LmRlZXBFcXVhbChbLi4ucGFnZS5zdG9yYWdlXSwgW10pO1xufSk7XG4iLCAiLyoqIFdob2V2ZXIgd2FudHMgdG8ga25vdyB3aG8gaXMgc2lnbmVkIGluLiAqL1xuZXhwb3J0IGNsYXNzIExpc3RlbmVyczxXaG8+IHtcbiAgcmVhZG9ubHkgI2FsbCA9IG5ldyBTZXQ8KHdobzogV2hvIHwgbnVsbCkgPT4gdm9pZD4oKTtcblxuICAvKiogQWRkIG9uZSwgYW5kIHJldHVybiB3aGF0IHRha2VzIGl0IGF3YXkgYWdhaW4uICovXG4gIGFkZChsaXN0ZW5lcjogKHdobzogV2hvIHwgbnVsbCkgPT4gdm9pZCk6ICgpID0+IHZvaWQge1xuICAgIHRoaXMuI2FsbC5hZGQobGlzdGVuZXIpO1xuICAgIHJldHVybiAoKSA9PiB2b2lkIHRoaXMuI2FsbC5kZWxldGUobGlzdGVuZXIpO1xuICB9XG5cbiAgdGVsbCh3aG86IFdobyB8IG51bGwpOiB2b2lkIHtcbiAgICBmb3IgKGNvbnN0IGxpc3RlbmVyIG9mIFsuLi50aGlzLiNhbGxdKSBsaXN0ZW5lcih3aG8pO1xuICB9XG59XG5cbi8qKiBSdW5zIG9uZSBvZiBhIGtpbmQgYXQgYSB0aW1lOiB3aG9ldmVyIGFza3Mgd2hpbGUgaXQgcnVucyB3YWl0cyBmb3IgdGhlIHNhbWUgb25lLiAqL1xuZXhwb3J0IGNsYXNzIE9uZUF0QVRpbWU8UmVzdWx0PiB7XG4gICNmbGlnaHQ6IFByb21pc2U8UmVzdWx0PiB8IHVuZGVmaW5lZDtcblxuICBydW4oc3RhcnQ6ICgpID0+IFByb21pc2U8UmVzdWx0Pik6IFByb21pc2U8UmVzdWx0PiB7XG4gICAgdGhpcy4jZmxpZ2h0ID8/PSBzdGFydCgpLmZpbmFsbHkoKCkgPT4ge1xuICAgICAgdGhpcy4jZmxpZ2h0ID0gdW5kZWZpbmVkO1xuICAgIH0pO1xuICAgIHJldHVybiB0aGlzLiNmbGlnaHQ7XG4gIH1cblxuICAvKiogUnVuIHdoZW4gdGhlIG9uZSB1bmRlciB3YXkgaGFzIGVuZGVkLCBob3dldmVyIGl0IGRpZC4gKi9cbiAgYXN5bmMgYWZ0ZXIoc3RhcnQ6ICgpID0+IFByb21pc2U8UmVzdWx0Pik6IFByb21pc2U8UmVzdWx0PiB7XG4gICAgd2hpbGUgKHRoaXMuI2ZsaWdodCkgYXdhaXQgdGhpcy4jZmxpZ2h0LmNhdGNoKCgpID0+IHVuZGVmaW5lZCk7XG4gICAgcmV0dXJuIHRoaXMucnVuKHN0YXJ0KTtcbiAgfVxufVxuXG4vKiogU2VuZCBhIHJlcXVlc3QsIGFuZCBvbmNlIG1vcmUgaWYgbm8gYW5zd2VyIGNhbWU6IHdoYXQgd2FzIHNlbnQgaXMgZ29vZCBmb3IgdGhhdC4gKi9cbmV4cG9ydCBhc3luYyBmdW5jdGlvbiBhc2sodXJsOiBzdHJpbmcsIGluaXQ6IFJlcXVlc3RJbml0KTogUHJvbWlzZTxSZXNwb25zZT4ge1xuICB0cnkge1xuICAgIHJldHVybiBhd2FpdCBmZXRjaCh1cmwsIGluaXQpO1xuICB9IGNhdGNoIHtcbiAgICByZXR1cm4gZmV0Y2godXJsLCBpbml0KTtcbiAgfVxufVxuIiwgIi8qKiBTb21ldGhpbmcgd2FzIHJlZnVzZWQuIGBjb2RlYCBpcyB0aGUgc2VydmVyJ3Mgd29yZCBmb3IgaXQsIG9yIG9uZSBvZiBvdXJzLCB3aGljaCBhcmUgbGlzdGVkIHdoZXJlIHRoZXkgYXJlIHRocm93bi4gKi9cbmV4cG9ydCBjbGFzcyBEb29yd2FyZEVycm9yIGV4dGVuZHMgRXJyb3Ige1xuICBvdmVycmlkZSByZWFkb25seSBuYW1lID0gXCJEb29yd2FyZEVycm9yXCI7XG4gIHJlYWRvbmx5IGNvZGU6IHN0cmluZztcbiAgLyoqIFRoZSBzdGF0dXMgb2YgdGhlIGFuc3dlcjsgMCB3aGVyZSB0aGVyZSB3YXMgbm9uZSB0byBiZSByZWFkLiAqL1xuICByZWFkb25seSBzdGF0dXM6IG51bWJlcjtcbiAgLyoqIEhvdyBsb25nIHRvIHdhaXQgYmVmb3JlIGl0IGlzIHdvcnRoIGFub3RoZXIgdHJ5LCBpbiBzZWNvbmRzLiAqL1xuICByZWFkb25seSByZXRyeUFmdGVyOiBudW1iZXIgfCB1bmRlZmluZWQ7XG5cbiAgY29uc3RydWN0b3IoY29kZTogc3RyaW5nLCBtZXNzYWdlID0gXCJcIiwgc3RhdHVzID0gMCwgcmV0cnlBZnRlcj86IG51bWJlcikge1xuICAgIHN1cGVyKG1lc3NhZ2UgPyBgJHtjb2RlfTogJHttZXNzYWdlfWAgOiBjb2RlKTtcbiAgICB0aGlzLmNvZGUgPSBjb2RlO1xuICAgIHRoaXMuc3RhdHVzID0gc3RhdHVzO1xuICAgIHRoaXMucmV0cnlBZnRlciA9IHJldHJ5QWZ0ZXI7XG4gIH1cblxuICAvKiogUmV0dXJuIHdoYXQgYW4gYW5zd2VyIHRoYXQgcmVmdXNlcyBzYXlzLCB3aGV0aGVyIGFzIFJGQyA2NzQ5IGhhcyBpdCBvciBhcyBSRkMgOTQ1NyBkb2VzLiAqL1xuICBzdGF0aWMgYXN5bmMgZnJvbShhbnN3ZXI6IFJlc3BvbnNlKTogUHJvbWlzZTxEb29yd2FyZEVycm9yPiB7XG4gICAgY29uc3Qgc2FpZDogeyBlcnJvcj86IHN0cmluZzsgZXJyb3JfZGVzY3JpcHRpb24/OiBzdHJpbmc7IGNvZGU/OiBzdHJpbmc7IGRldGFpbD86IHN0cmluZyB9ID0gYXdhaXQgYW5zd2VyXG4gICAgICAuanNvbigpXG4gICAgICAuY2F0Y2goKCkgPT4gKHt9KSk7XG4gICAgY29uc3Qgd2FpdCA9IE51bWJlcihhbnN3ZXIuaGVhZGVycy5nZXQoXCJyZXRyeS1hZnRlclwiKSkgfHwgdW5kZWZpbmVkO1xuICAgIGNvbnN0IGNvZGUgPSBzYWlkLmVycm9yID8/IHNhaWQuY29kZSA/PyBcInVucmVhZGFibGVcIjtcbiAgICByZXR1cm4gbmV3IERvb3J3YXJkRXJyb3IoY29kZSwgc2FpZC5lcnJvcl9kZXNjcmlwdGlvbiA/PyBzYWlkLmRldGFpbCwgYW5zd2VyLnN0YXR1cywgd2FpdCk7XG4gIH1cbn1cbiIsICJpbXBvcnQgeyBhc2ssIExpc3RlbmVycywgT25lQXRBVGltZSB9IGZyb20gXCIuL2NoYW5nZS5qc1wiO1xuaW1wb3J0IHsgRG9vcndhcmRFcnJvciB9IGZyb20gXCIuL2Vycm9ycy5qc1wiO1xuXG4vKiogV2hhdCBhbiBhcHBsaWNhdGlvbiBpcyByZWdpc3RlcmVkIGFzLCBhbmQgd2hhdCBpdCBhc2tzIGZvci4gKi9cbmV4cG9ydCBpbnRlcmZhY2UgT3B0aW9ucyB7XG4gIC8qKiBUaGUgc2VydmVyJ3MgYWRkcmVzcywgZXhhY3RseSBhcyBpdHMgbWV0YWRhdGEgc3BlbGxzIGl0LiAqL1xuICBpc3N1ZXI6IHN0cmluZztcbiAgLyoqIEEgY2xpZW50IG9mIHR5cGUgYHNwYWAgd2l0aCBgLS1yZWZyZXNoLWNvb2tpZWAuICovXG4gIGNsaWVudElkOiBzdHJpbmc7XG4gIC8qKiBXaGVyZSBhbnN3ZXJzIGNvbWUsIGV4YWN0bHkgYXMgcmVnaXN0ZXJlZDsgYnkgZGVmYXVsdCB0aGUgcm9vdCBvZiB0aGlzIG9yaWdpbi4gKi9cbiAgcmVkaXJlY3RVcmk/OiBzdHJpbmc7XG4gIC8qKiBXaGVyZSBwZW9wbGUgY29tZSBhZnRlciBzaWduaW5nIG91dCwgZXhhY3RseSBhcyByZWdpc3RlcmVkOyBieSBkZWZhdWx0IHRoZSByb290IG9mIHRoaXMgb3JpZ2luLiAqL1xuICBwb3N0TG9nb3V0UmVkaXJlY3RVcmk/OiBzdHJpbmc7XG4gIC8qKiBXaGF0IGlzIGFza2VkIGZvcjsgYG9wZW5pZCBwcm9maWxlIGVtYWlsYCBieSBkZWZhdWx0LiAqL1xuICBzY29wZT86IHN0cmluZztcbiAgLyoqIFRoZSBBUEkgdGhhdCBhY2Nlc3MgdG9rZW5zIGFyZSBmb3IgKFJGQyA4NzA3KS4gKi9cbiAgcmVzb3VyY2U/OiBzdHJpbmc7XG4gIC8qKiBUaGUgb3JpZ2lucyB0aGF0IGBmZXRjaGAgc2hvd3MgdGhlIGFjY2VzcyB0b2tlbiB0bywgYW5kIG5vIG90aGVyczsgdGhhdCBvZiBgcmVzb3VyY2VgIGJ5IGRlZmF1bHQuICovXG4gIGFwaXM/OiByZWFkb25seSBzdHJpbmdbXTtcbn1cblxuLyoqIEhvdyBzb21lYm9keSBpcyBhc2tlZCB0byBzaWduIGluLiAqL1xuZXhwb3J0IGludGVyZmFjZSBTaWduSW5PcHRpb25zIHtcbiAgLyoqIFRoZSBwYWdlIG9mIHRoaXMgb3JpZ2luIHRoYXQgdGhleSBjb21lIGJhY2sgdG87IGJ5IGRlZmF1bHQgdGhlIG9uZSB0aGF0IHRoZXkgYXJlIG9uLiAqL1xuICByZXR1cm5Ubz86IHN0cmluZztcbiAgLyoqIGBub25lYCBhc2tzIG5vYm9keSBhbnl0aGluZzogYGZpbmlzaFNpZ25JbmAgdGhlbiB0aHJvd3MgYGxvZ2luX3JlcXVpcmVkYCB1bmxlc3MgdGhleSBhcmUgc2lnbmVkIGluIGFscmVhZHkuICovXG4gIHByb21wdD86IFwibm9uZVwiIHwgXCJsb2dpblwiIHwgXCJjb25zZW50XCIgfCBcInNlbGVjdF9hY2NvdW50XCI7XG4gIGxvZ2luSGludD86IHN0cmluZztcbiAgLyoqIEhvdyBtYW55IHNlY29uZHMgYWdvIHRoZXkgbWF5IGhhdmUgc2lnbmVkIGluIGF0IG1vc3QuICovXG4gIG1heEFnZT86IG51bWJlcjtcbiAgYWNyVmFsdWVzPzogc3RyaW5nO1xuICB1aUxvY2FsZXM/OiBzdHJpbmc7XG59XG5cbi8qKiBIb3cgbXVjaCBzaWduaW5nIG91dCBlbmRzLiAqL1xuZXhwb3J0IGludGVyZmFjZSBTaWduT3V0T3B0aW9ucyB7XG4gIC8qKiBGYWxzZTogdGhlIGFwcGxpY2F0aW9uIGFsb25lLiBCeSBkZWZhdWx0IHRoZSBwZXJzb24gbGVhdmVzIHRoZSBzZXJ2ZXIgdG9vLCBhbmQgdGhlIHBhZ2Ugd2l0aCBpdC4gKi9cbiAgZXZlcnl3aGVyZT86IGJvb2xlYW47XG59XG5cbi8qKiBXaG9tIHRoZSBJRCB0b2tlbiBuYW1lcy4gKi9cbmV4cG9ydCBpbnRlcmZhY2UgVXNlciB7XG4gIHJlYWRvbmx5IHN1Yjogc3RyaW5nO1xuICByZWFkb25seSBwcmVmZXJyZWRfdXNlcm5hbWU/OiBzdHJpbmc7XG4gIHJlYWRvbmx5IGVtYWlsPzogc3RyaW5nO1xuICByZWFkb25seSBlbWFpbF92ZXJpZmllZD86IGJvb2xlYW47XG4gIHJlYWRvbmx5IFtjbGFpbTogc3RyaW5nXTogdW5rbm93bjtcbn1cblxuLyoqIFdoYXQgaXMga2VwdCB3aGlsZSB0aGUgcGVyc29uIGlzIGF0IHRoZSBzZXJ2ZXIuICovXG5pbnRlcmZhY2UgVHJpcCB7XG4gIHN0YXRlOiBzdHJpbmc7XG4gIG5vbmNlOiBzdHJpbmc7XG4gIHZlcmlmaWVyOiBzdHJpbmc7XG4gIHJldHVyblRvOiBzdHJpbmc7XG59XG5cbmludGVyZmFjZSBUb2tlbnMge1xuICBhY2Nlc3M6IHN0cmluZztcbiAgaWRUb2tlbjogc3RyaW5nIHwgdW5kZWZpbmVkO1xuICAvKiogV2hlbiB0aGUgbmV4dCBvbmUgaXMgYXNrZWQgZm9yLCBpbiBtaWxsaXNlY29uZHMuICovXG4gIHVudGlsOiBudW1iZXI7XG59XG5cbi8qKiBXaGF0IHRoZSBzZXJ2ZXIgc2VuZHMsIGluIHRoZSB3b3JkcyBvZiBSRkMgNjc0OS4gKi9cbmludGVyZmFjZSBBbnN3ZXIge1xuICBhY2Nlc3NfdG9rZW46IHN0cmluZztcbiAgZXhwaXJlc19pbjogbnVtYmVyO1xuICBpZF90b2tlbj86IHN0cmluZztcbn1cblxuY29uc3QgRUFSTFkgPSAzMF8wMDA7XG5jb25zdCBTUFJFQUQgPSAyMF8wMDA7XG5jb25zdCBDTEFJTVMgPSB7IHByZWZlcnJlZF91c2VybmFtZTogXCJwcm9maWxlXCIsIGVtYWlsOiBcImVtYWlsXCIsIGVtYWlsX3ZlcmlmaWVkOiBcImVtYWlsXCIsIHJvbGVzOiBcInJvbGVzXCIgfTtcblxuLyoqXG4gKiBTaWducyBwZW9wbGUgaW4gYnkgYSByZWRpcmVjdCAoQXV0aG9yaXphdGlvbiBDb2RlIHdpdGggUEtDRSksIGFuZCBrZWVwcyB0aGUgYWNjZXNzIHRva2VuIGluIG1lbW9yeS5cbiAqXG4gKiBUaGUgcmVmcmVzaCB0b2tlbiBpcyBhIGNvb2tpZSBvZiB0aGUgc2VydmVyJ3MsIHdoaWNoIG5vIHNjcmlwdCBzZWVzOyBhIHBhZ2UgdGhhdCBpcyBsb2FkZWQgYW5ldyBpcyBzaWduZWQgaW4gYnkgaXQuXG4gKi9cbmV4cG9ydCBjbGFzcyBEb29yd2FyZCB7XG4gIHJlYWRvbmx5ICNpc3N1ZXI6IHN0cmluZztcbiAgcmVhZG9ubHkgI2Jhc2U6IHN0cmluZztcbiAgcmVhZG9ubHkgI2NsaWVudElkOiBzdHJpbmc7XG4gIHJlYWRvbmx5ICNyZWRpcmVjdFVyaTogc3RyaW5nO1xuICByZWFkb25seSAjYWZ0ZXJ3YXJkczogc3RyaW5nO1xuICByZWFkb25seSAjc2NvcGU6IHN0cmluZztcbiAgcmVhZG9ubHkgI3Jlc291cmNlOiBzdHJpbmcgfCB1bmRlZmluZWQ7XG4gIHJlYWRvbmx5ICNhcGlzOiBSZWFkb25seVNldDxzdHJpbmc+O1xuICByZWFkb25seSAjbGlzdGVuZXJzID0gbmV3IExpc3RlbmVyczxVc2VyPigpO1xuICByZWFkb25seSAjcmVmcmVzaCA9IG5ldyBPbmVBdEFUaW1lPHZvaWQ+KCk7XG4gIHJlYWRvbmx5ICN0YWJzOiBCcm9hZGNhc3RDaGFubmVsO1xuICAjdG9rZW5zOiBUb2tlbnMgfCB1bmRlZmluZWQ7XG4gICN1c2VyOiBVc2VyIHwgbnVsbCA9IG51bGw7XG4gICNlbmRzID0gMDtcblxuICBjb25zdHJ1Y3RvcihvcHRpb25zOiBPcHRpb25zKSB7XG4gICAgdGhpcy4jaXNzdWVyID0gb3B0aW9ucy5pc3N1ZXI7XG4gICAgdGhpcy4jYmFzZSA9IG9wdGlvbnMuaXNzdWVyLnJlcGxhY2UoL1xcLyQvLCBcIlwiKTtcbiAgICB0aGlzLiNjbGllbnRJZCA9IG9wdGlvbnMuY2xpZW50SWQ7XG4gICAgdGhpcy4jcmVkaXJlY3RVcmkgPSBvcHRpb25zLnJlZGlyZWN0VXJpID8/IGAke2xvY2F0aW9uLm9yaWdpbn0vYDtcbiAgICB0aGlzLiNhZnRlcndhcmRzID0gb3B0aW9ucy5wb3N0TG9nb3V0UmVkaXJlY3RVcmkgPz8gYCR7bG9jYXRpb24ub3JpZ2lufS9gO1xuICAgIHRoaXMuI3Njb3BlID0gb3B0aW9ucy5zY29wZSA/PyBcIm9wZW5pZCBwcm9maWxlIGVtYWlsXCI7XG4gICAgdGhpcy4jcmVzb3VyY2UgPSBvcHRpb25zLnJlc291cmNlO1xuICAgIGNvbnN0IGFwaXMgPSBvcHRpb25zLmFwaXMgPz8gKG9wdGlvbnMucmVzb3VyY2U/LnN0YXJ0c1dpdGgoXCJodHRwXCIpID8gW29wdGlvbnMucmVzb3VyY2VdIDogW10pO1xuICAgIHRoaXMuI2FwaXMgPSBuZXcgU2V0KGFwaXMubWFwKChhcGkpID0+IG5ldyBVUkwoYXBpKS5vcmlnaW4pKTtcbiAgICB0aGlzLiN0YWJzID0gbmV3IEJyb2FkY2FzdENoYW5uZWwoYGRvb3J3YXJkICR7dGhpcy4jY2xpZW50SWR9YCk7XG4gICAgdGhpcy4jdGFicy5vbm1lc3NhZ2UgPSAoeyBkYXRhIH0pID0+IHZvaWQgdGhpcy4jaGVhcihkYXRhKTtcbiAgfVxuXG4gIC8qKiBXaG8gaXMgc2lnbmVkIGluOyBudWxsIGFsc28gYmVmb3JlIGFueWJvZHkgd2FzIGFza2VkLCB3aGljaCBgdG9rZW5gIGRvZXMuICovXG4gIGdldCB1c2VyKCk6IFVzZXIgfCBudWxsIHtcbiAgICByZXR1cm4gdGhpcy4jdXNlcjtcbiAgfVxuXG4gIC8qKiBCZSB0b2xkIG9mIGV2ZXJ5b25lIHdobyBzaWducyBpbiwgYW5kIHdpdGggbnVsbCBvZiB0aGUgZW5kLiBSZXR1cm5zIHdoYXQgc3RvcHMgdGhhdC4gKi9cbiAgb25DaGFuZ2UobGlzdGVuZXI6ICh1c2VyOiBVc2VyIHwgbnVsbCkgPT4gdm9pZCk6ICgpID0+IHZvaWQge1xuICAgIHJldHVybiB0aGlzLiNsaXN0ZW5lcnMuYWRkKGxpc3RlbmVyKTtcbiAgfVxuXG4gIC8qKiBMZWF2ZSBmb3IgdGhlIHNlcnZlcidzIHBhZ2UuIFdoYXQgdGhlIHdheSBiYWNrIG5lZWRzIGlzIGtlcHQgaW4gdGhpcyB0YWIncyBzZXNzaW9uIHN0b3JhZ2UgdW50aWwgdGhlbi4gKi9cbiAgYXN5bmMgc2lnbkluKG9wdGlvbnM6IFNpZ25Jbk9wdGlvbnMgPSB7fSk6IFByb21pc2U8dm9pZD4ge1xuICAgIGNvbnN0IHJldHVyblRvID0gbmV3IFVSTChvcHRpb25zLnJldHVyblRvID8/IGxvY2F0aW9uLmhyZWYsIGxvY2F0aW9uLmhyZWYpO1xuICAgIGlmIChyZXR1cm5Uby5vcmlnaW4gIT09IGxvY2F0aW9uLm9yaWdpbikgdGhyb3cgbmV3IERvb3J3YXJkRXJyb3IoXCJyZXR1cm5fZWxzZXdoZXJlXCIsIFwicmV0dXJuVG8gaXMgb2YgYW5vdGhlciBvcmlnaW5cIik7XG4gICAgY29uc3QgdHJpcCA9IHsgc3RhdGU6IHJhbmRvbSgpLCBub25jZTogcmFuZG9tKCksIHZlcmlmaWVyOiByYW5kb20oKSwgcmV0dXJuVG86IHJldHVyblRvLmhyZWYgfTtcbiAgICBzZXNzaW9uU3RvcmFnZS5zZXRJdGVtKHRoaXMuI3BsYWNlLCBKU09OLnN0cmluZ2lmeSh0cmlwKSk7XG4gICAgY29uc3QgYXNrZWQ6IFJlY29yZDxzdHJpbmcsIHN0cmluZyB8IG51bWJlciB8IHVuZGVmaW5lZD4gPSB7XG4gICAgICByZXNwb25zZV90eXBlOiBcImNvZGVcIixcbiAgICAgIGNsaWVudF9pZDogdGhpcy4jY2xpZW50SWQsXG4gICAgICByZWRpcmVjdF91cmk6IHRoaXMuI3JlZGlyZWN0VXJpLFxuICAgICAgc2NvcGU6IHRoaXMuI3Njb3BlLFxuICAgICAgc3RhdGU6IHRyaXAuc3RhdGUsXG4gICAgICBub25jZTogdHJpcC5ub25jZSxcbiAgICAgIGNvZGVfY2hhbGxlbmdlOiBhd2FpdCBjaGFsbGVuZ2UodHJpcC52ZXJpZmllciksXG4gICAgICBjb2RlX2NoYWxsZW5nZV9tZXRob2Q6IFwiUzI1NlwiLFxuICAgICAgY2xhaW1zOiB0aGlzLiNjbGFpbXMoKSxcbiAgICAgIHJlc291cmNlOiB0aGlzLiNyZXNvdXJjZSxcbiAgICAgIHByb21wdDogb3B0aW9ucy5wcm9tcHQsXG4gICAgICBsb2dpbl9oaW50OiBvcHRpb25zLmxvZ2luSGludCxcbiAgICAgIG1heF9hZ2U6IG9wdGlvbnMubWF4QWdlLFxuICAgICAgYWNyX3ZhbHVlczogb3B0aW9ucy5hY3JWYWx1ZXMsXG4gICAgICB1aV9sb2NhbGVzOiBvcHRpb25zLnVpTG9jYWxlcyxcbiAgICB9O1xuICAgIGxvY2F0aW9uLmFzc2lnbihgJHt0aGlzLiNiYXNlfS9vYXV0aC9hdXRob3JpemU/JHtmb3JtKGFza2VkKX1gKTtcbiAgfVxuXG4gIC8qKlxuICAgKiBUYWtlIHRoZSBzZXJ2ZXIncyBhbnN3ZXIgZnJvbSB0aGUgYWRkcmVzcywgaWYgdGhlcmUgaXMgb25lLCBhbmQgY2xlYW4gdGhlIGFkZHJlc3M6IGl0IHRoZW4gaXMgdGhlIHBhZ2UgdGhhdCB0aGVcbiAgICogcGVyc29uIGxlZnQuIFJldHVybnMgd2hldGhlciB0aGV5IGFyZSBzaWduZWQgaW4gYnkgaXQuIENhbGwgaXQgYmVmb3JlIGEgcm91dGVyIGxvb2tzIGF0IHRoZSBhZGRyZXNzLlxuICAgKlxuICAgKiBUaHJvd3MgYSBEb29yd2FyZEVycm9yOiB3aGF0IHRoZSBzZXJ2ZXIgc2F5cyAoYGFjY2Vzc19kZW5pZWRgLCBgbG9naW5fcmVxdWlyZWRgLCAuLi4pLCBvciBgdW5rbm93bl9hbnN3ZXJgIGZvciBvbmVcbiAgICogdGhhdCB0aGlzIHRhYiBkaWQgbm90IGFzayBmb3IsIGB3cm9uZ19pc3N1ZXJgIGZvciBvbmUgb2YgYW5vdGhlciBzZXJ2ZXIsIGB3cm9uZ190b2tlbmAgZm9yIHNvbWVib2R5IGVsc2Uncy5cbiAgICovXG4gIGFzeW5jIGZpbmlzaFNpZ25JbigpOiBQcm9taXNlPGJvb2xlYW4+IHtcbiAgICBjb25zdCBoZXJlID0gbG9jYXRpb24ub3JpZ2luICsgbG9jYXRpb24ucGF0aG5hbWU7XG4gICAgY29uc3QgYW5zd2VyID0gbmV3IFVSTFNlYXJjaFBhcmFtcyhsb2NhdGlvbi5zZWFyY2gpO1xuICAgIGNvbnN0IGNvZGUgPSBhbnN3ZXIuZ2V0KFwiY29kZVwiKTtcbiAgICBjb25zdCBlcnJvciA9IGFuc3dlci5nZXQoXCJlcnJvclwiKTtcbiAgICBpZiAoaGVyZSAhPT0gdGhpcy4jcmVkaXJlY3RVcmkucmVwbGFjZSgvXFw/LiokLywgXCJcIikgfHwgIWFuc3dlci5oYXMoXCJzdGF0ZVwiKSB8fCAoY29kZSA/PyBlcnJvcikgPT09IG51bGwpIHJldHVybiBmYWxzZTtcbiAgICBjb25zdCB0cmlwID0gdGhpcy4jdGFrZVRyaXAoYW5zd2VyLmdldChcInN0YXRlXCIpKTtcbiAgICBoaXN0b3J5LnJlcGxhY2VTdGF0ZShoaXN0b3J5LnN0YXRlLCBcIlwiLCB0cmlwPy5yZXR1cm5UbyA/PyB0aGlzLiNyZWRpcmVjdFVyaSk7XG4gICAgaWYgKCF0cmlwKSB0aHJvdyBuZXcgRG9vcndhcmRFcnJvcihcInVua25vd25fYW5zd2VyXCIsIFwidGhpcyB0YWIgZGlkIG5vdCBhc2sgZm9yIGl0LCBvciBoYXMgaGFkIGl0IGFscmVhZHlcIik7XG4gICAgaWYgKGFuc3dlci5nZXQoXCJpc3NcIikgIT09IHRoaXMuI2lzc3VlcikgdGhyb3cgbmV3IERvb3J3YXJkRXJyb3IoXCJ3cm9uZ19pc3N1ZXJcIik7XG4gICAgaWYgKGNvZGUgPT09IG51bGwpIHRocm93IG5ldyBEb29yd2FyZEVycm9yKGVycm9yID8/IFwiXCIsIGFuc3dlci5nZXQoXCJlcnJvcl9kZXNjcmlwdGlvblwiKSA/PyBcIlwiKTtcbiAgICBhd2FpdCB0aGlzLiNyZWZyZXNoLmFmdGVyKCgpID0+IHRoaXMuI2V4Y2hhbmdlKGNvZGUsIHRyaXApKTtcbiAgICB0aGlzLiN0YWJzLnBvc3RNZXNzYWdlKFwiaW5cIik7XG4gICAgcmV0dXJuIHRydWU7XG4gIH1cblxuICAvKipcbiAgICogUmV0dXJuIHRoZSBhY2Nlc3MgdG9rZW4sIGEgbmV3IG9uZSB3aGVuIGl0IGVuZHMgc29vbjsgdW5kZWZpbmVkIHdoZW4gbm9ib2R5IGlzIHNpZ25lZCBpbi5cbiAgICpcbiAgICogVGhyb3dzIGEgRG9vcndhcmRFcnJvciB3aGVuIHRoZSBzZXJ2ZXIgY2Fubm90IHRlbGwgYXQgdGhlIG1vbWVudCwgYW5kIGEgVHlwZUVycm9yIHdoZW4gaXQgY2Fubm90IGJlIHJlYWNoZWQuXG4gICAqL1xuICBhc3luYyB0b2tlbigpOiBQcm9taXNlPHN0cmluZyB8IHVuZGVmaW5lZD4ge1xuICAgIGlmICghdGhpcy4jdG9rZW5zIHx8IERhdGUubm93KCkgPj0gdGhpcy4jdG9rZW5zLnVudGlsKSBhd2FpdCB0aGlzLiNyZWZyZXNoLnJ1bigoKSA9PiB0aGlzLiNuZXh0KCkpO1xuICAgIHJldHVybiB0aGlzLiN0b2tlbnM/LmFjY2VzcztcbiAgfVxuXG4gIC8qKlxuICAgKiBTZW5kIGEgcmVxdWVzdCB0byBvbmUgb2YgYGFwaXNgIHdpdGggdGhlIGFjY2VzcyB0b2tlbjsgb25jZSBtb3JlLCB3aXRoIGEgbmV3IG9uZSwgaWYgdGhlIGZpcnN0IGlzIHJlZnVzZWQuXG4gICAqXG4gICAqIFRocm93cyBhIERvb3J3YXJkRXJyb3I6IGBub3RfYW5fYXBpYCBmb3IgYW55IG90aGVyIG9yaWdpbiwgYGxvZ2luX3JlcXVpcmVkYCB3aGVuIG5vYm9keSBpcyBzaWduZWQgaW4uXG4gICAqL1xuICBhc3luYyBmZXRjaChpbnB1dDogUmVxdWVzdEluZm8gfCBVUkwsIGluaXQ/OiBSZXF1ZXN0SW5pdCk6IFByb21pc2U8UmVzcG9uc2U+IHtcbiAgICBjb25zdCByZXF1ZXN0ID0gbmV3IFJlcXVlc3QoaW5wdXQsIGluaXQpO1xuICAgIGlmICghdGhpcy4jYXBpcy5oYXMobmV3IFVSTChyZXF1ZXN0LnVybCkub3JpZ2luKSkgdGhyb3cgbmV3IERvb3J3YXJkRXJyb3IoXCJub3RfYW5fYXBpXCIsIHJlcXVlc3QudXJsKTtcbiAgICBjb25zdCBhZ2FpbiA9IHJlcXVlc3QuY2xvbmUoKTtcbiAgICBjb25zdCBzaG93biA9IGF3YWl0IHRoaXMudG9rZW4oKTtcbiAgICBpZiAoc2hvd24gPT09IHVuZGVmaW5lZCkgdGhyb3cgbmV3IERvb3J3YXJkRXJyb3IoXCJsb2dpbl9yZXF1aXJlZFwiKTtcbiAgICBjb25zdCBhbnN3ZXIgPSBhd2FpdCBmZXRjaChiZWFyaW5nKHJlcXVlc3QsIHNob3duKSk7XG4gICAgaWYgKGFuc3dlci5zdGF0dXMgIT09IDQwMSkgcmV0dXJuIGFuc3dlcjtcbiAgICBpZiAodGhpcy4jdG9rZW5zPy5hY2Nlc3MgPT09IHNob3duKSB0aGlzLiN0b2tlbnMudW50aWwgPSAwO1xuICAgIGNvbnN0IGZyZXNoID0gYXdhaXQgdGhpcy50b2tlbigpO1xuICAgIHJldHVybiBmcmVzaCA9PT0gdW5kZWZpbmVkIHx8IGZyZXNoID09PSBzaG93biA/IGFuc3dlciA6IGZldGNoKGJlYXJpbmcoYWdhaW4sIGZyZXNoKSk7XG4gIH1cblxuICAvKiogRW5kIHdoYXQgdGhlIGNvb2tpZSBiZWxvbmdzIHRvLCBmb3JnZXQgdGhlIHRva2VuLCBhbmQsIHVubGVzcyB0b2xkIG90aGVyd2lzZSwgbGVhdmUgZm9yIHRoZSBzZXJ2ZXIncyBzaWduLW91dC4gKi9cbiAgYXN5bmMgc2lnbk91dCh7IGV2ZXJ5d2hlcmUgPSB0cnVlIH06IFNpZ25PdXRPcHRpb25zID0ge30pOiBQcm9taXNlPHZvaWQ+IHtcbiAgICBjb25zdCBoaW50ID0gdGhpcy4jdG9rZW5zPy5pZFRva2VuO1xuICAgIGF3YWl0IHRoaXMuI3JlZnJlc2guYWZ0ZXIoKCkgPT4gdGhpcy4jbGVhdmUoKSk7XG4gICAgaWYgKCFldmVyeXdoZXJlKSByZXR1cm47XG4gICAgY29uc3QgYXNrZWQgPSB7IGNsaWVudF9pZDogdGhpcy4jY2xpZW50SWQsIGlkX3Rva2VuX2hpbnQ6IGhpbnQsIHBvc3RfbG9nb3V0X3JlZGlyZWN0X3VyaTogdGhpcy4jYWZ0ZXJ3YXJkcyB9O1xuICAgIGxvY2F0aW9uLmFzc2lnbihgJHt0aGlzLiNiYXNlfS9vYXV0aC9sb2dvdXQ/JHtmb3JtKGFza2VkKX1gKTtcbiAgfVxuXG4gIGdldCAjcGxhY2UoKTogc3RyaW5nIHtcbiAgICByZXR1cm4gYGRvb3J3YXJkICR7dGhpcy4jY2xpZW50SWR9YDtcbiAgfVxuXG4gICN0YWtlVHJpcChzdGF0ZTogc3RyaW5nIHwgbnVsbCk6IFRyaXAgfCB1bmRlZmluZWQge1xuICAgIGNvbnN0IGtlcHQgPSBzZXNzaW9uU3RvcmFnZS5nZXRJdGVtKHRoaXMuI3BsYWNlKTtcbiAgICBjb25zdCB0cmlwOiBUcmlwIHwgdW5kZWZpbmVkID0ga2VwdCA9PT0gbnVsbCA/IHVuZGVmaW5lZCA6IEpTT04ucGFyc2Uoa2VwdCk7XG4gICAgaWYgKHRyaXA/LnN0YXRlICE9PSBzdGF0ZSkgcmV0dXJuIHVuZGVmaW5lZDtcbiAgICBzZXNzaW9uU3RvcmFnZS5yZW1vdmVJdGVtKHRoaXMuI3BsYWNlKTtcbiAgICByZXR1cm4gdHJpcDtcbiAgfVxuXG4gICNjbGFpbXMoKTogc3RyaW5nIHtcbiAgICBjb25zdCBzY29wZXMgPSB0aGlzLiNzY29wZS5zcGxpdChcIiBcIik7XG4gICAgY29uc3QgbmFtZXMgPSBPYmplY3QuZW50cmllcyhDTEFJTVMpLmZpbHRlcigoWywgc2NvcGVdKSA9PiBzY29wZXMuaW5jbHVkZXMoc2NvcGUpKTtcbiAgICByZXR1cm4gSlNPTi5zdHJpbmdpZnkoeyBpZF90b2tlbjogT2JqZWN0LmZyb21FbnRyaWVzKG5hbWVzLm1hcCgoW25hbWVdKSA9PiBbbmFtZSwgbnVsbF0pKSB9KTtcbiAgfVxuXG4gIGFzeW5jICNleGNoYW5nZShjb2RlOiBzdHJpbmcsIHRyaXA6IFRyaXApOiBQcm9taXNlPHZvaWQ+IHtcbiAgICBjb25zdCBzZW50ID0geyBjb2RlLCByZWRpcmVjdF91cmk6IHRoaXMuI3JlZGlyZWN0VXJpLCBjb2RlX3ZlcmlmaWVyOiB0cmlwLnZlcmlmaWVyLCByZXNvdXJjZTogdGhpcy4jcmVzb3VyY2UgfTtcbiAgICBjb25zdCBhbnN3ZXIgPSBhd2FpdCB0aGlzLiNwb3N0KFwidG9rZW5cIiwgc2VudCk7XG4gICAgaWYgKCFhbnN3ZXIub2spIHRocm93IGF3YWl0IERvb3J3YXJkRXJyb3IuZnJvbShhbnN3ZXIpO1xuICAgIGNvbnN0IHRva2VuczogQW5zd2VyID0gYXdhaXQgYW5zd2VyLmpzb24oKTtcbiAgICBpZiAodGhpcy4jaXNNZWFudCh0b2tlbnMsIHRyaXAubm9uY2UpKSByZXR1cm4gdGhpcy4ja2VlcCh0b2tlbnMpO1xuICAgIGF3YWl0IHRoaXMuI3Bvc3QoXCJzaWduLW91dFwiLCB7fSk7XG4gICAgdGhyb3cgbmV3IERvb3J3YXJkRXJyb3IoXCJ3cm9uZ190b2tlblwiLCBcInRoZSBJRCB0b2tlbiB3YXMgbm90IG1hZGUgZm9yIHRoaXMgc2lnbi1pblwiKTtcbiAgfVxuXG4gIC8qKiBJdHMgc2lnbmF0dXJlIGlzIG5vdCBsb29rZWQgYXQ6IGl0IGNhbWUgZnJvbSB0aGUgc2VydmVyIGl0c2VsZiAoT3BlbklEIENvbm5lY3QgQ29yZSAxLjAgc2VjdGlvbiAzLjEuMy43KS4gKi9cbiAgI2lzTWVhbnQodG9rZW5zOiBBbnN3ZXIsIG5vbmNlOiBzdHJpbmcpOiBib29sZWFuIHtcbiAgICBjb25zdCBjbGFpbXMgPSB0b2tlbnMuaWRfdG9rZW4gPyByZWFkKHRva2Vucy5pZF90b2tlbikgOiBudWxsO1xuICAgIGlmICghY2xhaW1zKSByZXR1cm4gIXRoaXMuI3Njb3BlLnNwbGl0KFwiIFwiKS5pbmNsdWRlcyhcIm9wZW5pZFwiKTtcbiAgICByZXR1cm4gY2xhaW1zLmlzcyA9PT0gdGhpcy4jaXNzdWVyICYmIGNsYWltcy5hdWQgPT09IHRoaXMuI2NsaWVudElkICYmIGNsYWltcy5ub25jZSA9PT0gbm9uY2U7XG4gIH1cblxuICBhc3luYyAjbmV4dCgpOiBQcm9taXNlPHZvaWQ+IHtcbiAgICBjb25zdCBlbmRzID0gdGhpcy4jZW5kcztcbiAgICBjb25zdCBhbnN3ZXIgPSBhd2FpdCB0aGlzLiNwb3N0KFwicmVmcmVzaFwiLCB7IHJlc291cmNlOiB0aGlzLiNyZXNvdXJjZSB9KTtcbiAgICBpZiAoYW5zd2VyLm9rKSB7XG4gICAgICBjb25zdCB0b2tlbnM6IEFuc3dlciA9IGF3YWl0IGFuc3dlci5qc29uKCk7XG4gICAgICAvLyBXaGF0IGFub3RoZXIgdGFiIGhhcyBlbmRlZCBtZWFud2hpbGUgZG9lcyBub3QgY29tZSBiYWNrLlxuICAgICAgcmV0dXJuIGVuZHMgPT09IHRoaXMuI2VuZHMgPyB0aGlzLiNrZWVwKHRva2VucykgOiB1bmRlZmluZWQ7XG4gICAgfVxuICAgIGNvbnN0IHJlZnVzZWQgPSBhd2FpdCBEb29yd2FyZEVycm9yLmZyb20oYW5zd2VyKTtcbiAgICBpZiAocmVmdXNlZC5jb2RlICE9PSBcImludmFsaWRfZ3JhbnRcIikgdGhyb3cgcmVmdXNlZDtcbiAgICB0aGlzLiNmb3JnZXQoKTtcbiAgfVxuXG4gIGFzeW5jICNsZWF2ZSgpOiBQcm9taXNlPHZvaWQ+IHtcbiAgICBjb25zdCBhbnN3ZXIgPSBhd2FpdCB0aGlzLiNwb3N0KFwic2lnbi1vdXRcIiwge30pO1xuICAgIGlmICghYW5zd2VyLm9rKSB0aHJvdyBhd2FpdCBEb29yd2FyZEVycm9yLmZyb20oYW5zd2VyKTtcbiAgICB0aGlzLiNmb3JnZXQoKTtcbiAgICB0aGlzLiN0YWJzLnBvc3RNZXNzYWdlKFwib3V0XCIpO1xuICB9XG5cbiAgI3Bvc3QocGF0aDogc3RyaW5nLCBmaWVsZHM6IFJlY29yZDxzdHJpbmcsIHN0cmluZyB8IHVuZGVmaW5lZD4pOiBQcm9taXNlPFJlc3BvbnNlPiB7XG4gICAgLy8gQSBjb2RlIGlzIGdvb2Qgb25jZTogYSBzZWNvbmQgdHJ5IG9mIG9uZSB0aGF0IGRpZCBhcnJpdmUgd291bGQgZW5kIHdoYXQgdGhlIGZpcnN0IGJlZ2FuLlxuICAgIGNvbnN0IHNlbmQgPSBwYXRoID09PSBcInRva2VuXCIgPyBmZXRjaCA6IGFzaztcbiAgICByZXR1cm4gc2VuZChgJHt0aGlzLiNiYXNlfS9vYXV0aC9icm93c2VyLyR7cGF0aH1gLCB7XG4gICAgICBtZXRob2Q6IFwiUE9TVFwiLFxuICAgICAgY3JlZGVudGlhbHM6IFwiaW5jbHVkZVwiLFxuICAgICAgaGVhZGVyczogeyBcIngtZG9vcndhcmQtc3BhXCI6IFwiMVwiIH0sXG4gICAgICBib2R5OiBmb3JtKHsgY2xpZW50X2lkOiB0aGlzLiNjbGllbnRJZCwgLi4uZmllbGRzIH0pLFxuICAgICAgY2FjaGU6IFwibm8tc3RvcmVcIixcbiAgICAgIHJlZGlyZWN0OiBcImVycm9yXCIsXG4gICAgfSk7XG4gIH1cblxuICAja2VlcChhbnN3ZXI6IEFuc3dlcik6IHZvaWQge1xuICAgIGNvbnN0IGVhcmx5ID0gRUFSTFkgKyBNYXRoLnJhbmRvbSgpICogU1BSRUFEO1xuICAgIGNvbnN0IHVudGlsID0gRGF0ZS5ub3coKSArIE1hdGgubWF4KGFuc3dlci5leHBpcmVzX2luICogMTAwMCAtIGVhcmx5LCAwKTtcbiAgICB0aGlzLiN0b2tlbnMgPSB7IGFjY2VzczogYW5zd2VyLmFjY2Vzc190b2tlbiwgaWRUb2tlbjogYW5zd2VyLmlkX3Rva2VuLCB1bnRpbCB9O1xuICAgIHRoaXMuI2JlY29tZShhbnN3ZXIuaWRfdG9rZW4gPyByZWFkKGFuc3dlci5pZF90b2tlbikgOiBudWxsKTtcbiAgfVxuXG4gICNmb3JnZXQoKTogdm9pZCB7XG4gICAgdGhpcy4jZW5kcyArPSAxO1xuICAgIHRoaXMuI3Rva2VucyA9IHVuZGVmaW5lZDtcbiAgICB0aGlzLiNiZWNvbWUobnVsbCk7XG4gIH1cblxuICAjYmVjb21lKHVzZXI6IFVzZXIgfCBudWxsKTogdm9pZCB7XG4gICAgY29uc3QgYmVmb3JlID0gdGhpcy4jdXNlcjtcbiAgICB0aGlzLiN1c2VyID0gdXNlcjtcbiAgICBpZiAoYmVmb3JlPy5zdWIgIT09IHVzZXI/LnN1YiB8fCBiZWZvcmU/LnNpZCAhPT0gdXNlcj8uc2lkKSB0aGlzLiNsaXN0ZW5lcnMudGVsbCh1c2VyKTtcbiAgfVxuXG4gIC8qKiBGb2xsb3cgd2hhdCBhbm90aGVyIHRhYiBkaWQ6IHRoZXkgYWxsIHNoYXJlIHRoZSBjb29raWUuICovXG4gIGFzeW5jICNoZWFyKHdoYXQ6IHVua25vd24pOiBQcm9taXNlPHZvaWQ+IHtcbiAgICBpZiAod2hhdCA9PT0gXCJvdXRcIikgcmV0dXJuIHRoaXMuI2ZvcmdldCgpO1xuICAgIGlmICh0aGlzLiN0b2tlbnMpIHRoaXMuI3Rva2Vucy51bnRpbCA9IDA7XG4gICAgYXdhaXQgdGhpcy4jcmVmcmVzaC5hZnRlcigoKSA9PiB0aGlzLiNuZXh0KCkpLmNhdGNoKCgpID0+IHVuZGVmaW5lZCk7XG4gIH1cbn1cblxuZnVuY3Rpb24gYmVhcmluZyhyZXF1ZXN0OiBSZXF1ZXN0LCB0b2tlbjogc3RyaW5nKTogUmVxdWVzdCB7XG4gIHJlcXVlc3QuaGVhZGVycy5zZXQoXCJhdXRob3JpemF0aW9uXCIsIGBCZWFyZXIgJHt0b2tlbn1gKTtcbiAgcmV0dXJuIHJlcXVlc3Q7XG59XG5cbmZ1bmN0aW9uIGZvcm0oZmllbGRzOiBSZWNvcmQ8c3RyaW5nLCBzdHJpbmcgfCBudW1iZXIgfCB1bmRlZmluZWQ+KTogVVJMU2VhcmNoUGFyYW1zIHtcbiAgY29uc3Qgc2VudCA9IE9iamVjdC5lbnRyaWVzKGZpZWxkcykuZmlsdGVyKChbLCB2YWx1ZV0pID0+IHZhbHVlICE9PSB1bmRlZmluZWQpO1xuICByZXR1cm4gbmV3IFVSTFNlYXJjaFBhcmFtcyhzZW50Lm1hcCgoW25hbWUsIHZhbHVlXSkgPT4gW25hbWUsIFN0cmluZyh2YWx1ZSldKSk7XG59XG5cbmZ1bmN0aW9uIHJlYWQoaWRUb2tlbjogc3RyaW5nKTogVXNlciB7XG4gIGNvbnN0IHBhcnQgPSAoaWRUb2tlbi5zcGxpdChcIi5cIilbMV0gPz8gXCJcIikucmVwbGFjZSgvLS9nLCBcIitcIikucmVwbGFjZSgvXy9nLCBcIi9cIik7XG4gIGNvbnN0IGJ5dGVzID0gVWludDhBcnJheS5mcm9tKGF0b2IocGFydCksIChsZXR0ZXIpID0+IGxldHRlci5jaGFyQ29kZUF0KDApKTtcbiAgcmV0dXJuIEpTT04ucGFyc2UobmV3IFRleHREZWNvZGVyKCkuZGVjb2RlKGJ5dGVzKSk7XG59XG5cbmZ1bmN0aW9uIHJhbmRvbSgpOiBzdHJpbmcge1xuICByZXR1cm4gZW5jb2RlKGNyeXB0by5nZXRSYW5kb21WYWx1ZXMobmV3IFVpbnQ4QXJyYXkoMzIpKSk7XG59XG5cbmFzeW5jIGZ1bmN0aW9uIGNoYWxsZW5nZSh2ZXJpZmllcjogc3RyaW5nKTogUHJvbWlzZTxzdHJpbmc+IHtcbiAgcmV0dXJuIGVuY29kZShuZXcgVWludDhBcnJheShhd2FpdCBjcnlwdG8uc3VidGxlLmRpZ2VzdChcIlNIQS0yNTZcIiwgbmV3IFRleHRFbmNvZGVyKCkuZW5jb2RlKHZlcmlmaWVyKSkpKTtcbn1cblxuZnVuY3Rpb24gZW5jb2RlKGJ5dGVzOiBVaW50OEFycmF5KTogc3RyaW5nIHtcbiAgcmV0dXJuIGJ0b2EoU3RyaW5nLmZyb21DaGFyQ29kZSguLi5ieXRlcykpLnJlcGxhY2UoL1xcKy9nLCBcIi1cIikucmVwbGFjZSgvXFwvL2csIFwiX1wiKS5yZXBsYWNlKC89KyQvLCBcIlwiKTtcbn1cbiIsICIvKiogQXMgbXVjaCBvZiBhIGJyb3dzZXIgYXMgdGhlIGxpYnJhcnkgdG91Y2hlczogYW4gYWRkcmVzcywgYSBzZXNzaW9uIHN0b3JhZ2UsIHRhYnMgdGhhdCBoZWFyIGVhY2ggb3RoZXIsIGEgbmV0d29yay4gKi9cblxuZXhwb3J0IGNvbnN0IEhFUkUgPSBcImh0dHBzOi8vYXBwLmV4YW1wbGUvXCI7XG5leHBvcnQgY29uc3QgSVNTVUVSID0gXCJodHRwczovL2F1dGguZXhhbXBsZVwiO1xuXG50eXBlIEFuc3dlcmVyID0gKHJlcXVlc3Q6IFJlcXVlc3QpID0+IFJlc3BvbnNlIHwgUHJvbWlzZTxSZXNwb25zZT47XG5cbi8qKiBXaGF0IGhhcHBlbmVkIHRvIHRoZSBwYWdlLCBhbmQgd2hhdCB0aGUgbmV0d29yayBhbnN3ZXJzOiBieSBwYXRoLCBlYWNoIHRpbWUgdGhlIG5leHQgb2YgaXRzIGFuc3dlcnMsIHRoZSBsYXN0IGZvciBldmVyLiAqL1xuZXhwb3J0IGNsYXNzIFBhZ2Uge1xuICByZWFkb25seSByZXF1ZXN0czogUmVxdWVzdFtdID0gW107XG4gIHJlYWRvbmx5IGJvZGllczogVVJMU2VhcmNoUGFyYW1zW10gPSBbXTtcbiAgcmVhZG9ubHkgbGVmdDogVVJMW10gPSBbXTtcbiAgcmVhZG9ubHkgc3RvcmFnZSA9IG5ldyBNYXA8c3RyaW5nLCBzdHJpbmc+KCk7XG4gIHJlYWRvbmx5ICNhbnN3ZXJzID0gbmV3IE1hcDxzdHJpbmcsIEFuc3dlcmVyW10+KCk7XG4gICNhZGRyZXNzID0gbmV3IFVSTChIRVJFKTtcblxuICBjb25zdHJ1Y3RvcigpIHtcbiAgICBjb25zdCBwYWdlID0gdGhpcztcbiAgICBjb25zdCBwdXQgPSAobmFtZTogc3RyaW5nLCB2YWx1ZTogdW5rbm93bikgPT4gT2JqZWN0LmRlZmluZVByb3BlcnR5KGdsb2JhbFRoaXMsIG5hbWUsIHsgdmFsdWUsIGNvbmZpZ3VyYWJsZTogdHJ1ZSwgd3JpdGFibGU6IHRydWUgfSk7XG4gICAgcHV0KFwibG9jYXRpb25cIiwge1xuICAgICAgZ2V0IGhyZWYoKSB7IHJldHVybiBwYWdlLiNhZGRyZXNzLmhyZWY7IH0sXG4gICAgICBnZXQgb3JpZ2luKCkgeyByZXR1cm4gcGFnZS4jYWRkcmVzcy5vcmlnaW47IH0sXG4gICAgICBnZXQgcGF0aG5hbWUoKSB7IHJldHVybiBwYWdlLiNhZGRyZXNzLnBhdGhuYW1lOyB9LFxuICAgICAgZ2V0IHNlYXJjaCgpIHsgcmV0dXJuIHBhZ2UuI2FkZHJlc3Muc2VhcmNoOyB9LFxuICAgICAgYXNzaWduOiAodXJsOiBzdHJpbmcpID0+IHBhZ2UubGVmdC5wdXNoKG5ldyBVUkwodXJsKSksXG4gICAgfSk7XG4gICAgcHV0KFwiaGlzdG9yeVwiLCB7IHN0YXRlOiBudWxsLCByZXBsYWNlU3RhdGU6IChfOiB1bmtub3duLCBfXzogc3RyaW5nLCB1cmw6IHN0cmluZykgPT4gcGFnZS5vcGVuKHVybCkgfSk7XG4gICAgcHV0KFwic2Vzc2lvblN0b3JhZ2VcIiwge1xuICAgICAgZ2V0SXRlbTogKG5hbWU6IHN0cmluZykgPT4gcGFnZS5zdG9yYWdlLmdldChuYW1lKSA/PyBudWxsLFxuICAgICAgc2V0SXRlbTogKG5hbWU6IHN0cmluZywgdmFsdWU6IHN0cmluZykgPT4gcGFnZS5zdG9yYWdlLnNldChuYW1lLCB2YWx1ZSksXG4gICAgICByZW1vdmVJdGVtOiAobmFtZTogc3RyaW5nKSA9PiBwYWdlLnN0b3JhZ2UuZGVsZXRlKG5hbWUpLFxuICAgIH0pO1xuICAgIHB1dChcImZldGNoXCIsIChpbnB1dDogUmVxdWVzdEluZm8gfCBVUkwsIGluaXQ/OiBSZXF1ZXN0SW5pdCkgPT4gcGFnZS4jZmV0Y2gobmV3IFJlcXVlc3QoaW5wdXQsIGluaXQpKSk7XG4gICAgcHV0KFwiQnJvYWRjYXN0Q2hhbm5lbFwiLCBDaGFubmVsKTtcbiAgICBDaGFubmVsLmFsbC5jbGVhcigpO1xuICB9XG5cbiAgZ2V0IGFkZHJlc3MoKTogc3RyaW5nIHtcbiAgICByZXR1cm4gdGhpcy4jYWRkcmVzcy5ocmVmO1xuICB9XG5cbiAgb3Blbih1cmw6IHN0cmluZyk6IHZvaWQge1xuICAgIHRoaXMuI2FkZHJlc3MgPSBuZXcgVVJMKHVybCwgdGhpcy4jYWRkcmVzcyk7XG4gIH1cblxuICBhbnN3ZXIodXJsOiBzdHJpbmcsIC4uLmFuc3dlcnM6IEFuc3dlcmVyW10pOiB2b2lkIHtcbiAgICB0aGlzLiNhbnN3ZXJzLnNldCh1cmwsIGFuc3dlcnMpO1xuICB9XG5cbiAgLyoqIFRoZSByZXF1ZXN0cyB0byBhbiBhZGRyZXNzLiAqL1xuICB0byh1cmw6IHN0cmluZyk6IFJlcXVlc3RbXSB7XG4gICAgcmV0dXJuIHRoaXMucmVxdWVzdHMuZmlsdGVyKChyZXF1ZXN0KSA9PiByZXF1ZXN0LnVybCA9PT0gdXJsKTtcbiAgfVxuXG4gIGFzeW5jICNmZXRjaChyZXF1ZXN0OiBSZXF1ZXN0KTogUHJvbWlzZTxSZXNwb25zZT4ge1xuICAgIHRoaXMucmVxdWVzdHMucHVzaChyZXF1ZXN0KTtcbiAgICB0aGlzLmJvZGllcy5wdXNoKG5ldyBVUkxTZWFyY2hQYXJhbXMoYXdhaXQgcmVxdWVzdC5jbG9uZSgpLnRleHQoKSkpO1xuICAgIGNvbnN0IGFuc3dlcnMgPSB0aGlzLiNhbnN3ZXJzLmdldChyZXF1ZXN0LnVybCk7XG4gICAgY29uc3QgYW5zd2VyID0gYW5zd2VycyAmJiBhbnN3ZXJzLmxlbmd0aCA+IDEgPyBhbnN3ZXJzLnNoaWZ0KCkgOiBhbnN3ZXJzPy5bMF07XG4gICAgaWYgKCFhbnN3ZXIpIHRocm93IG5ldyBUeXBlRXJyb3IoYG5vdGhpbmcgYW5zd2VycyBhdCAke3JlcXVlc3QudXJsfWApO1xuICAgIHJldHVybiBhbnN3ZXIocmVxdWVzdCk7XG4gIH1cbn1cblxuY2xhc3MgQ2hhbm5lbCB7XG4gIHN0YXRpYyByZWFkb25seSBhbGwgPSBuZXcgU2V0PENoYW5uZWw+KCk7XG4gIG9ubWVzc2FnZTogKChldmVudDogeyBkYXRhOiB1bmtub3duIH0pID0+IHZvaWQpIHwgbnVsbCA9IG51bGw7XG4gIHJlYWRvbmx5IG5hbWU6IHN0cmluZztcblxuICBjb25zdHJ1Y3RvcihuYW1lOiBzdHJpbmcpIHtcbiAgICB0aGlzLm5hbWUgPSBuYW1lO1xuICAgIENoYW5uZWwuYWxsLmFkZCh0aGlzKTtcbiAgfVxuXG4gIHBvc3RNZXNzYWdlKGRhdGE6IHVua25vd24pOiB2b2lkIHtcbiAgICBmb3IgKGNvbnN0IG90aGVyIG9mIENoYW5uZWwuYWxsKSB7XG4gICAgICBpZiAob3RoZXIgIT09IHRoaXMgJiYgb3RoZXIubmFtZSA9PT0gdGhpcy5uYW1lKSBvdGhlci5vbm1lc3NhZ2U/Lih7IGRhdGEgfSk7XG4gICAgfVxuICB9XG59XG5cbmV4cG9ydCBmdW5jdGlvbiBqc29uKGJvZHk6IHVua25vd24sIHN0YXR1cyA9IDIwMCwgaGVhZGVyczogUmVjb3JkPHN0cmluZywgc3RyaW5nPiA9IHt9KTogQW5zd2VyZXIge1xuICByZXR1cm4gKCkgPT4gUmVzcG9uc2UuanNvbihib2R5LCB7IHN0YXR1cywgaGVhZGVycyB9KTtcbn1cblxuZXhwb3J0IGZ1bmN0aW9uIHVucmVhY2hhYmxlKCk6IEFuc3dlcmVyIHtcbiAgcmV0dXJuICgpID0+IHtcbiAgICB0aHJvdyBuZXcgVHlwZUVycm9yKFwibm8gbmV0d29ya1wiKTtcbiAgfTtcbn1cblxuLyoqIExldCBldmVyeXRoaW5nIHRoYXQgd2FpdHMgZm9yIG5vdGhpbmcgYnV0IGl0cyB0dXJuIGhhdmUgaXRzIHR1cm4uICovXG5leHBvcnQgYXN5bmMgZnVuY3Rpb24gc2V0dGxlZCgpOiBQcm9taXNlPHZvaWQ+IHtcbiAgZm9yIChsZXQgdHVybiA9IDA7IHR1cm4gPCAyMDsgdHVybiArPSAxKSBhd2FpdCBuZXcgUHJvbWlzZSgoZG9uZSkgPT4gc2V0SW1tZWRpYXRlKGRvbmUpKTtcbn1cbiJdLAogICJtYXBwaW5ncyI6ICI7QUFBQSxPQUFPLFlBQVk7QUFDbkIsU0FBUyxrQkFBa0I7QUFDM0IsU0FBUyxZQUFZLFlBQVk7OztBQ0QxQixJQUFNLFlBQU4sTUFBcUI7QUFBQSxFQUNqQixPQUFPLG9CQUFJLElBQStCO0FBQUE7QUFBQSxFQUduRCxJQUFJLFVBQWlEO0FBQ25ELFNBQUssS0FBSyxJQUFJLFFBQVE7QUFDdEIsV0FBTyxNQUFNLEtBQUssS0FBSyxLQUFLLE9BQU8sUUFBUTtBQUFBLEVBQzdDO0FBQUEsRUFFQSxLQUFLLEtBQXVCO0FBQzFCLGVBQVcsWUFBWSxDQUFDLEdBQUcsS0FBSyxJQUFJLEVBQUcsVUFBUyxHQUFHO0FBQUEsRUFDckQ7QUFDRjtBQUdPLElBQU0sYUFBTixNQUF5QjtBQUFBLEVBQzlCO0FBQUEsRUFFQSxJQUFJLE9BQStDO0FBQ2pELFNBQUssWUFBWSxNQUFNLEVBQUUsUUFBUSxNQUFNO0FBQ3JDLFdBQUssVUFBVTtBQUFBLElBQ2pCLENBQUM7QUFDRCxXQUFPLEtBQUs7QUFBQSxFQUNkO0FBQUE7QUFBQSxFQUdBLE1BQU0sTUFBTSxPQUErQztBQUN6RCxXQUFPLEtBQUssUUFBUyxPQUFNLEtBQUssUUFBUSxNQUFNLE1BQU0sTUFBUztBQUM3RCxXQUFPLEtBQUssSUFBSSxLQUFLO0FBQUEsRUFDdkI7QUFDRjtBQUdBLGVBQXNCLElBQUksS0FBYSxNQUFzQztBQUMzRSxNQUFJO0FBQ0YsV0FBTyxNQUFNLE1BQU0sS0FBSyxJQUFJO0FBQUEsRUFDOUIsUUFBUTtBQUNOLFdBQU8sTUFBTSxLQUFLLElBQUk7QUFBQSxFQUN4QjtBQUNGOzs7QUN2Q08sSUFBTSxnQkFBTixNQUFNLHVCQUFzQixNQUFNO0FBQUEsRUFDckIsT0FBTztBQUFBLEVBQ2hCO0FBQUE7QUFBQSxFQUVBO0FBQUE7QUFBQSxFQUVBO0FBQUEsRUFFVCxZQUFZLE1BQWMsVUFBVSxJQUFJLFNBQVMsR0FBRyxZQUFxQjtBQUN2RSxVQUFNLFVBQVUsR0FBRyxJQUFJLEtBQUssT0FBTyxLQUFLLElBQUk7QUFDNUMsU0FBSyxPQUFPO0FBQ1osU0FBSyxTQUFTO0FBQ2QsU0FBSyxhQUFhO0FBQUEsRUFDcEI7QUFBQTtBQUFBLEVBR0EsYUFBYSxLQUFLLFFBQTBDO0FBQzFELFVBQU0sT0FBdUYsTUFBTSxPQUNoRyxLQUFLLEVBQ0wsTUFBTSxPQUFPLENBQUMsRUFBRTtBQUNuQixVQUFNLE9BQU8sT0FBTyxPQUFPLFFBQVEsSUFBSSxhQUFhLENBQUMsS0FBSztBQUMxRCxVQUFNLE9BQU8sS0FBSyxTQUFTLEtBQUssUUFBUTtBQUN4QyxXQUFPLElBQUksZUFBYyxNQUFNLEtBQUsscUJBQXFCLEtBQUssUUFBUSxPQUFPLFFBQVEsSUFBSTtBQUFBLEVBQzNGO0FBQ0Y7OztBQzhDQSxJQUFNLFFBQVE7QUFDZCxJQUFNLFNBQVM7QUFDZixJQUFNLFNBQVMsRUFBRSxvQkFBb0IsV0FBVyxPQUFPLFNBQVMsZ0JBQWdCLFNBQVMsT0FBTyxRQUFRO0FBT2pHLElBQU0sV0FBTixNQUFlO0FBQUEsRUFDWDtBQUFBLEVBQ0E7QUFBQSxFQUNBO0FBQUEsRUFDQTtBQUFBLEVBQ0E7QUFBQSxFQUNBO0FBQUEsRUFDQTtBQUFBLEVBQ0E7QUFBQSxFQUNBLGFBQWEsSUFBSSxVQUFnQjtBQUFBLEVBQ2pDLFdBQVcsSUFBSSxXQUFpQjtBQUFBLEVBQ2hDO0FBQUEsRUFDVDtBQUFBLEVBQ0EsUUFBcUI7QUFBQSxFQUNyQixRQUFRO0FBQUEsRUFFUixZQUFZLFNBQWtCO0FBQzVCLFNBQUssVUFBVSxRQUFRO0FBQ3ZCLFNBQUssUUFBUSxRQUFRLE9BQU8sUUFBUSxPQUFPLEVBQUU7QUFDN0MsU0FBSyxZQUFZLFFBQVE7QUFDekIsU0FBSyxlQUFlLFFBQVEsZUFBZSxHQUFHLFNBQVMsTUFBTTtBQUM3RCxTQUFLLGNBQWMsUUFBUSx5QkFBeUIsR0FBRyxTQUFTLE1BQU07QUFDdEUsU0FBSyxTQUFTLFFBQVEsU0FBUztBQUMvQixTQUFLLFlBQVksUUFBUTtBQUN6QixVQUFNLE9BQU8sUUFBUSxTQUFTLFFBQVEsVUFBVSxXQUFXLE1BQU0sSUFBSSxDQUFDLFFBQVEsUUFBUSxJQUFJLENBQUM7QUFDM0YsU0FBSyxRQUFRLElBQUksSUFBSSxLQUFLLElBQUksQ0FBQyxRQUFRLElBQUksSUFBSSxHQUFHLEVBQUUsTUFBTSxDQUFDO0FBQzNELFNBQUssUUFBUSxJQUFJLGlCQUFpQixZQUFZLEtBQUssU0FBUyxFQUFFO0FBQzlELFNBQUssTUFBTSxZQUFZLENBQUMsRUFBRSxLQUFLLE1BQU0sS0FBSyxLQUFLLE1BQU0sSUFBSTtBQUFBLEVBQzNEO0FBQUE7QUFBQSxFQUdBLElBQUksT0FBb0I7QUFDdEIsV0FBTyxLQUFLO0FBQUEsRUFDZDtBQUFBO0FBQUEsRUFHQSxTQUFTLFVBQW1EO0FBQzFELFdBQU8sS0FBSyxXQUFXLElBQUksUUFBUTtBQUFBLEVBQ3JDO0FBQUE7QUFBQSxFQUdBLE1BQU0sT0FBTyxVQUF5QixDQUFDLEdBQWtCO0FBQ3ZELFVBQU0sV0FBVyxJQUFJLElBQUksUUFBUSxZQUFZLFNBQVMsTUFBTSxTQUFTLElBQUk7QUFDekUsUUFBSSxTQUFTLFdBQVcsU0FBUyxPQUFRLE9BQU0sSUFBSSxjQUFjLG9CQUFvQiwrQkFBK0I7QUFDcEgsVUFBTSxPQUFPLEVBQUUsT0FBTyxPQUFPLEdBQUcsT0FBTyxPQUFPLEdBQUcsVUFBVSxPQUFPLEdBQUcsVUFBVSxTQUFTLEtBQUs7QUFDN0YsbUJBQWUsUUFBUSxLQUFLLFFBQVEsS0FBSyxVQUFVLElBQUksQ0FBQztBQUN4RCxVQUFNLFFBQXFEO0FBQUEsTUFDekQsZUFBZTtBQUFBLE1BQ2YsV0FBVyxLQUFLO0FBQUEsTUFDaEIsY0FBYyxLQUFLO0FBQUEsTUFDbkIsT0FBTyxLQUFLO0FBQUEsTUFDWixPQUFPLEtBQUs7QUFBQSxNQUNaLE9BQU8sS0FBSztBQUFBLE1BQ1osZ0JBQWdCLE1BQU0sVUFBVSxLQUFLLFFBQVE7QUFBQSxNQUM3Qyx1QkFBdUI7QUFBQSxNQUN2QixRQUFRLEtBQUssUUFBUTtBQUFBLE1BQ3JCLFVBQVUsS0FBSztBQUFBLE1BQ2YsUUFBUSxRQUFRO0FBQUEsTUFDaEIsWUFBWSxRQUFRO0FBQUEsTUFDcEIsU0FBUyxRQUFRO0FBQUEsTUFDakIsWUFBWSxRQUFRO0FBQUEsTUFDcEIsWUFBWSxRQUFRO0FBQUEsSUFDdEI7QUFDQSxhQUFTLE9BQU8sR0FBRyxLQUFLLEtBQUssb0JBQW9CLEtBQUssS0FBSyxDQUFDLEVBQUU7QUFBQSxFQUNoRTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUEsRUFTQSxNQUFNLGVBQWlDO0FBQ3JDLFVBQU0sT0FBTyxTQUFTLFNBQVMsU0FBUztBQUN4QyxVQUFNLFNBQVMsSUFBSSxnQkFBZ0IsU0FBUyxNQUFNO0FBQ2xELFVBQU0sT0FBTyxPQUFPLElBQUksTUFBTTtBQUM5QixVQUFNLFFBQVEsT0FBTyxJQUFJLE9BQU87QUFDaEMsUUFBSSxTQUFTLEtBQUssYUFBYSxRQUFRLFNBQVMsRUFBRSxLQUFLLENBQUMsT0FBTyxJQUFJLE9BQU8sTUFBTSxRQUFRLFdBQVcsS0FBTSxRQUFPO0FBQ2hILFVBQU0sT0FBTyxLQUFLLFVBQVUsT0FBTyxJQUFJLE9BQU8sQ0FBQztBQUMvQyxZQUFRLGFBQWEsUUFBUSxPQUFPLElBQUksTUFBTSxZQUFZLEtBQUssWUFBWTtBQUMzRSxRQUFJLENBQUMsS0FBTSxPQUFNLElBQUksY0FBYyxrQkFBa0Isb0RBQW9EO0FBQ3pHLFFBQUksT0FBTyxJQUFJLEtBQUssTUFBTSxLQUFLLFFBQVMsT0FBTSxJQUFJLGNBQWMsY0FBYztBQUM5RSxRQUFJLFNBQVMsS0FBTSxPQUFNLElBQUksY0FBYyxTQUFTLElBQUksT0FBTyxJQUFJLG1CQUFtQixLQUFLLEVBQUU7QUFDN0YsVUFBTSxLQUFLLFNBQVMsTUFBTSxNQUFNLEtBQUssVUFBVSxNQUFNLElBQUksQ0FBQztBQUMxRCxTQUFLLE1BQU0sWUFBWSxJQUFJO0FBQzNCLFdBQU87QUFBQSxFQUNUO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBLEVBT0EsTUFBTSxRQUFxQztBQUN6QyxRQUFJLENBQUMsS0FBSyxXQUFXLEtBQUssSUFBSSxLQUFLLEtBQUssUUFBUSxNQUFPLE9BQU0sS0FBSyxTQUFTLElBQUksTUFBTSxLQUFLLE1BQU0sQ0FBQztBQUNqRyxXQUFPLEtBQUssU0FBUztBQUFBLEVBQ3ZCO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBLEVBT0EsTUFBTSxNQUFNLE9BQTBCLE1BQXVDO0FBQzNFLFVBQU0sVUFBVSxJQUFJLFFBQVEsT0FBTyxJQUFJO0FBQ3ZDLFFBQUksQ0FBQyxLQUFLLE1BQU0sSUFBSSxJQUFJLElBQUksUUFBUSxHQUFHLEVBQUUsTUFBTSxFQUFHLE9BQU0sSUFBSSxjQUFjLGNBQWMsUUFBUSxHQUFHO0FBQ25HLFVBQU0sUUFBUSxRQUFRLE1BQU07QUFDNUIsVUFBTSxRQUFRLE1BQU0sS0FBSyxNQUFNO0FBQy9CLFFBQUksVUFBVSxPQUFXLE9BQU0sSUFBSSxjQUFjLGdCQUFnQjtBQUNqRSxVQUFNLFNBQVMsTUFBTSxNQUFNLFFBQVEsU0FBUyxLQUFLLENBQUM7QUFDbEQsUUFBSSxPQUFPLFdBQVcsSUFBSyxRQUFPO0FBQ2xDLFFBQUksS0FBSyxTQUFTLFdBQVcsTUFBTyxNQUFLLFFBQVEsUUFBUTtBQUN6RCxVQUFNLFFBQVEsTUFBTSxLQUFLLE1BQU07QUFDL0IsV0FBTyxVQUFVLFVBQWEsVUFBVSxRQUFRLFNBQVMsTUFBTSxRQUFRLE9BQU8sS0FBSyxDQUFDO0FBQUEsRUFDdEY7QUFBQTtBQUFBLEVBR0EsTUFBTSxRQUFRLEVBQUUsYUFBYSxLQUFLLElBQW9CLENBQUMsR0FBa0I7QUFDdkUsVUFBTSxPQUFPLEtBQUssU0FBUztBQUMzQixVQUFNLEtBQUssU0FBUyxNQUFNLE1BQU0sS0FBSyxPQUFPLENBQUM7QUFDN0MsUUFBSSxDQUFDLFdBQVk7QUFDakIsVUFBTSxRQUFRLEVBQUUsV0FBVyxLQUFLLFdBQVcsZUFBZSxNQUFNLDBCQUEwQixLQUFLLFlBQVk7QUFDM0csYUFBUyxPQUFPLEdBQUcsS0FBSyxLQUFLLGlCQUFpQixLQUFLLEtBQUssQ0FBQyxFQUFFO0FBQUEsRUFDN0Q7QUFBQSxFQUVBLElBQUksU0FBaUI7QUFDbkIsV0FBTyxZQUFZLEtBQUssU0FBUztBQUFBLEVBQ25DO0FBQUEsRUFFQSxVQUFVLE9BQXdDO0FBQ2hELFVBQU0sT0FBTyxlQUFlLFFBQVEsS0FBSyxNQUFNO0FBQy9DLFVBQU0sT0FBeUIsU0FBUyxPQUFPLFNBQVksS0FBSyxNQUFNLElBQUk7QUFDMUUsUUFBSSxNQUFNLFVBQVUsTUFBTyxRQUFPO0FBQ2xDLG1CQUFlLFdBQVcsS0FBSyxNQUFNO0FBQ3JDLFdBQU87QUFBQSxFQUNUO0FBQUEsRUFFQSxVQUFrQjtBQUNoQixVQUFNLFNBQVMsS0FBSyxPQUFPLE1BQU0sR0FBRztBQUNwQyxVQUFNLFFBQVEsT0FBTyxRQUFRLE1BQU0sRUFBRSxPQUFPLENBQUMsQ0FBQyxFQUFFLEtBQUssTUFBTSxPQUFPLFNBQVMsS0FBSyxDQUFDO0FBQ2pGLFdBQU8sS0FBSyxVQUFVLEVBQUUsVUFBVSxPQUFPLFlBQVksTUFBTSxJQUFJLENBQUMsQ0FBQyxJQUFJLE1BQU0sQ0FBQyxNQUFNLElBQUksQ0FBQyxDQUFDLEVBQUUsQ0FBQztBQUFBLEVBQzdGO0FBQUEsRUFFQSxNQUFNLFVBQVUsTUFBYyxNQUEyQjtBQUN2RCxVQUFNLE9BQU8sRUFBRSxNQUFNLGNBQWMsS0FBSyxjQUFjLGVBQWUsS0FBSyxVQUFVLFVBQVUsS0FBSyxVQUFVO0FBQzdHLFVBQU0sU0FBUyxNQUFNLEtBQUssTUFBTSxTQUFTLElBQUk7QUFDN0MsUUFBSSxDQUFDLE9BQU8sR0FBSSxPQUFNLE1BQU0sY0FBYyxLQUFLLE1BQU07QUFDckQsVUFBTUEsVUFBaUIsTUFBTSxPQUFPLEtBQUs7QUFDekMsUUFBSSxLQUFLLFNBQVNBLFNBQVEsS0FBSyxLQUFLLEVBQUcsUUFBTyxLQUFLLE1BQU1BLE9BQU07QUFDL0QsVUFBTSxLQUFLLE1BQU0sWUFBWSxDQUFDLENBQUM7QUFDL0IsVUFBTSxJQUFJLGNBQWMsZUFBZSw0Q0FBNEM7QUFBQSxFQUNyRjtBQUFBO0FBQUEsRUFHQSxTQUFTQSxTQUFnQixPQUF3QjtBQUMvQyxVQUFNLFNBQVNBLFFBQU8sV0FBVyxLQUFLQSxRQUFPLFFBQVEsSUFBSTtBQUN6RCxRQUFJLENBQUMsT0FBUSxRQUFPLENBQUMsS0FBSyxPQUFPLE1BQU0sR0FBRyxFQUFFLFNBQVMsUUFBUTtBQUM3RCxXQUFPLE9BQU8sUUFBUSxLQUFLLFdBQVcsT0FBTyxRQUFRLEtBQUssYUFBYSxPQUFPLFVBQVU7QUFBQSxFQUMxRjtBQUFBLEVBRUEsTUFBTSxRQUF1QjtBQUMzQixVQUFNLE9BQU8sS0FBSztBQUNsQixVQUFNLFNBQVMsTUFBTSxLQUFLLE1BQU0sV0FBVyxFQUFFLFVBQVUsS0FBSyxVQUFVLENBQUM7QUFDdkUsUUFBSSxPQUFPLElBQUk7QUFDYixZQUFNQSxVQUFpQixNQUFNLE9BQU8sS0FBSztBQUV6QyxhQUFPLFNBQVMsS0FBSyxRQUFRLEtBQUssTUFBTUEsT0FBTSxJQUFJO0FBQUEsSUFDcEQ7QUFDQSxVQUFNLFVBQVUsTUFBTSxjQUFjLEtBQUssTUFBTTtBQUMvQyxRQUFJLFFBQVEsU0FBUyxnQkFBaUIsT0FBTTtBQUM1QyxTQUFLLFFBQVE7QUFBQSxFQUNmO0FBQUEsRUFFQSxNQUFNLFNBQXdCO0FBQzVCLFVBQU0sU0FBUyxNQUFNLEtBQUssTUFBTSxZQUFZLENBQUMsQ0FBQztBQUM5QyxRQUFJLENBQUMsT0FBTyxHQUFJLE9BQU0sTUFBTSxjQUFjLEtBQUssTUFBTTtBQUNyRCxTQUFLLFFBQVE7QUFDYixTQUFLLE1BQU0sWUFBWSxLQUFLO0FBQUEsRUFDOUI7QUFBQSxFQUVBLE1BQU0sTUFBYyxRQUErRDtBQUVqRixVQUFNLE9BQU8sU0FBUyxVQUFVLFFBQVE7QUFDeEMsV0FBTyxLQUFLLEdBQUcsS0FBSyxLQUFLLGtCQUFrQixJQUFJLElBQUk7QUFBQSxNQUNqRCxRQUFRO0FBQUEsTUFDUixhQUFhO0FBQUEsTUFDYixTQUFTLEVBQUUsa0JBQWtCLElBQUk7QUFBQSxNQUNqQyxNQUFNLEtBQUssRUFBRSxXQUFXLEtBQUssV0FBVyxHQUFHLE9BQU8sQ0FBQztBQUFBLE1BQ25ELE9BQU87QUFBQSxNQUNQLFVBQVU7QUFBQSxJQUNaLENBQUM7QUFBQSxFQUNIO0FBQUEsRUFFQSxNQUFNLFFBQXNCO0FBQzFCLFVBQU0sUUFBUSxRQUFRLEtBQUssT0FBTyxJQUFJO0FBQ3RDLFVBQU0sUUFBUSxLQUFLLElBQUksSUFBSSxLQUFLLElBQUksT0FBTyxhQUFhLE1BQU8sT0FBTyxDQUFDO0FBQ3ZFLFNBQUssVUFBVSxFQUFFLFFBQVEsT0FBTyxjQUFjLFNBQVMsT0FBTyxVQUFVLE1BQU07QUFDOUUsU0FBSyxRQUFRLE9BQU8sV0FBVyxLQUFLLE9BQU8sUUFBUSxJQUFJLElBQUk7QUFBQSxFQUM3RDtBQUFBLEVBRUEsVUFBZ0I7QUFDZCxTQUFLLFNBQVM7QUFDZCxTQUFLLFVBQVU7QUFDZixTQUFLLFFBQVEsSUFBSTtBQUFBLEVBQ25CO0FBQUEsRUFFQSxRQUFRLE1BQXlCO0FBQy9CLFVBQU0sU0FBUyxLQUFLO0FBQ3BCLFNBQUssUUFBUTtBQUNiLFFBQUksUUFBUSxRQUFRLE1BQU0sT0FBTyxRQUFRLFFBQVEsTUFBTSxJQUFLLE1BQUssV0FBVyxLQUFLLElBQUk7QUFBQSxFQUN2RjtBQUFBO0FBQUEsRUFHQSxNQUFNLE1BQU0sTUFBOEI7QUFDeEMsUUFBSSxTQUFTLE1BQU8sUUFBTyxLQUFLLFFBQVE7QUFDeEMsUUFBSSxLQUFLLFFBQVMsTUFBSyxRQUFRLFFBQVE7QUFDdkMsVUFBTSxLQUFLLFNBQVMsTUFBTSxNQUFNLEtBQUssTUFBTSxDQUFDLEVBQUUsTUFBTSxNQUFNLE1BQVM7QUFBQSxFQUNyRTtBQUNGO0FBRUEsU0FBUyxRQUFRLFNBQWtCLE9BQXdCO0FBQ3pELFVBQVEsUUFBUSxJQUFJLGlCQUFpQixVQUFVLEtBQUssRUFBRTtBQUN0RCxTQUFPO0FBQ1Q7QUFFQSxTQUFTLEtBQUssUUFBc0U7QUFDbEYsUUFBTSxPQUFPLE9BQU8sUUFBUSxNQUFNLEVBQUUsT0FBTyxDQUFDLENBQUMsRUFBRSxLQUFLLE1BQU0sVUFBVSxNQUFTO0FBQzdFLFNBQU8sSUFBSSxnQkFBZ0IsS0FBSyxJQUFJLENBQUMsQ0FBQyxNQUFNLEtBQUssTUFBTSxDQUFDLE1BQU0sT0FBTyxLQUFLLENBQUMsQ0FBQyxDQUFDO0FBQy9FO0FBRUEsU0FBUyxLQUFLQyxVQUF1QjtBQUNuQyxRQUFNLFFBQVFBLFNBQVEsTUFBTSxHQUFHLEVBQUUsQ0FBQyxLQUFLLElBQUksUUFBUSxNQUFNLEdBQUcsRUFBRSxRQUFRLE1BQU0sR0FBRztBQUMvRSxRQUFNLFFBQVEsV0FBVyxLQUFLLEtBQUssSUFBSSxHQUFHLENBQUMsV0FBVyxPQUFPLFdBQVcsQ0FBQyxDQUFDO0FBQzFFLFNBQU8sS0FBSyxNQUFNLElBQUksWUFBWSxFQUFFLE9BQU8sS0FBSyxDQUFDO0FBQ25EO0FBRUEsU0FBUyxTQUFpQjtBQUN4QixTQUFPLE9BQU8sT0FBTyxnQkFBZ0IsSUFBSSxXQUFXLEVBQUUsQ0FBQyxDQUFDO0FBQzFEO0FBRUEsZUFBZSxVQUFVLFVBQW1DO0FBQzFELFNBQU8sT0FBTyxJQUFJLFdBQVcsTUFBTSxPQUFPLE9BQU8sT0FBTyxXQUFXLElBQUksWUFBWSxFQUFFLE9BQU8sUUFBUSxDQUFDLENBQUMsQ0FBQztBQUN6RztBQUVBLFNBQVMsT0FBTyxPQUEyQjtBQUN6QyxTQUFPLEtBQUssT0FBTyxhQUFhLEdBQUcsS0FBSyxDQUFDLEVBQUUsUUFBUSxPQUFPLEdBQUcsRUFBRSxRQUFRLE9BQU8sR0FBRyxFQUFFLFFBQVEsT0FBTyxFQUFFO0FBQ3RHOzs7QUNyVU8sSUFBTSxPQUFPO0FBQ2IsSUFBTSxTQUFTO0FBS2YsSUFBTSxPQUFOLE1BQVc7QUFBQSxFQUNQLFdBQXNCLENBQUM7QUFBQSxFQUN2QixTQUE0QixDQUFDO0FBQUEsRUFDN0IsT0FBYyxDQUFDO0FBQUEsRUFDZixVQUFVLG9CQUFJLElBQW9CO0FBQUEsRUFDbEMsV0FBVyxvQkFBSSxJQUF3QjtBQUFBLEVBQ2hELFdBQVcsSUFBSSxJQUFJLElBQUk7QUFBQSxFQUV2QixjQUFjO0FBQ1osVUFBTUMsUUFBTztBQUNiLFVBQU0sTUFBTSxDQUFDLE1BQWMsVUFBbUIsT0FBTyxlQUFlLFlBQVksTUFBTSxFQUFFLE9BQU8sY0FBYyxNQUFNLFVBQVUsS0FBSyxDQUFDO0FBQ25JLFFBQUksWUFBWTtBQUFBLE1BQ2QsSUFBSSxPQUFPO0FBQUUsZUFBT0EsTUFBSyxTQUFTO0FBQUEsTUFBTTtBQUFBLE1BQ3hDLElBQUksU0FBUztBQUFFLGVBQU9BLE1BQUssU0FBUztBQUFBLE1BQVE7QUFBQSxNQUM1QyxJQUFJLFdBQVc7QUFBRSxlQUFPQSxNQUFLLFNBQVM7QUFBQSxNQUFVO0FBQUEsTUFDaEQsSUFBSSxTQUFTO0FBQUUsZUFBT0EsTUFBSyxTQUFTO0FBQUEsTUFBUTtBQUFBLE1BQzVDLFFBQVEsQ0FBQyxRQUFnQkEsTUFBSyxLQUFLLEtBQUssSUFBSSxJQUFJLEdBQUcsQ0FBQztBQUFBLElBQ3RELENBQUM7QUFDRCxRQUFJLFdBQVcsRUFBRSxPQUFPLE1BQU0sY0FBYyxDQUFDLEdBQVksSUFBWSxRQUFnQkEsTUFBSyxLQUFLLEdBQUcsRUFBRSxDQUFDO0FBQ3JHLFFBQUksa0JBQWtCO0FBQUEsTUFDcEIsU0FBUyxDQUFDLFNBQWlCQSxNQUFLLFFBQVEsSUFBSSxJQUFJLEtBQUs7QUFBQSxNQUNyRCxTQUFTLENBQUMsTUFBYyxVQUFrQkEsTUFBSyxRQUFRLElBQUksTUFBTSxLQUFLO0FBQUEsTUFDdEUsWUFBWSxDQUFDLFNBQWlCQSxNQUFLLFFBQVEsT0FBTyxJQUFJO0FBQUEsSUFDeEQsQ0FBQztBQUNELFFBQUksU0FBUyxDQUFDLE9BQTBCLFNBQXVCQSxNQUFLLE9BQU8sSUFBSSxRQUFRLE9BQU8sSUFBSSxDQUFDLENBQUM7QUFDcEcsUUFBSSxvQkFBb0IsT0FBTztBQUMvQixZQUFRLElBQUksTUFBTTtBQUFBLEVBQ3BCO0FBQUEsRUFFQSxJQUFJLFVBQWtCO0FBQ3BCLFdBQU8sS0FBSyxTQUFTO0FBQUEsRUFDdkI7QUFBQSxFQUVBLEtBQUssS0FBbUI7QUFDdEIsU0FBSyxXQUFXLElBQUksSUFBSSxLQUFLLEtBQUssUUFBUTtBQUFBLEVBQzVDO0FBQUEsRUFFQSxPQUFPLFFBQWdCLFNBQTJCO0FBQ2hELFNBQUssU0FBUyxJQUFJLEtBQUssT0FBTztBQUFBLEVBQ2hDO0FBQUE7QUFBQSxFQUdBLEdBQUcsS0FBd0I7QUFDekIsV0FBTyxLQUFLLFNBQVMsT0FBTyxDQUFDLFlBQVksUUFBUSxRQUFRLEdBQUc7QUFBQSxFQUM5RDtBQUFBLEVBRUEsTUFBTSxPQUFPLFNBQXFDO0FBQ2hELFNBQUssU0FBUyxLQUFLLE9BQU87QUFDMUIsU0FBSyxPQUFPLEtBQUssSUFBSSxnQkFBZ0IsTUFBTSxRQUFRLE1BQU0sRUFBRSxLQUFLLENBQUMsQ0FBQztBQUNsRSxVQUFNLFVBQVUsS0FBSyxTQUFTLElBQUksUUFBUSxHQUFHO0FBQzdDLFVBQU0sU0FBUyxXQUFXLFFBQVEsU0FBUyxJQUFJLFFBQVEsTUFBTSxJQUFJLFVBQVUsQ0FBQztBQUM1RSxRQUFJLENBQUMsT0FBUSxPQUFNLElBQUksVUFBVSxzQkFBc0IsUUFBUSxHQUFHLEVBQUU7QUFDcEUsV0FBTyxPQUFPLE9BQU87QUFBQSxFQUN2QjtBQUNGO0FBRUEsSUFBTSxVQUFOLE1BQU0sU0FBUTtBQUFBLEVBQ1osT0FBZ0IsTUFBTSxvQkFBSSxJQUFhO0FBQUEsRUFDdkMsWUFBeUQ7QUFBQSxFQUNoRDtBQUFBLEVBRVQsWUFBWSxNQUFjO0FBQ3hCLFNBQUssT0FBTztBQUNaLGFBQVEsSUFBSSxJQUFJLElBQUk7QUFBQSxFQUN0QjtBQUFBLEVBRUEsWUFBWSxNQUFxQjtBQUMvQixlQUFXLFNBQVMsU0FBUSxLQUFLO0FBQy9CLFVBQUksVUFBVSxRQUFRLE1BQU0sU0FBUyxLQUFLLEtBQU0sT0FBTSxZQUFZLEVBQUUsS0FBSyxDQUFDO0FBQUEsSUFDNUU7QUFBQSxFQUNGO0FBQ0Y7QUFFTyxTQUFTLEtBQUssTUFBZSxTQUFTLEtBQUssVUFBa0MsQ0FBQyxHQUFhO0FBQ2hHLFNBQU8sTUFBTSxTQUFTLEtBQUssTUFBTSxFQUFFLFFBQVEsUUFBUSxDQUFDO0FBQ3REO0FBRU8sU0FBUyxjQUF3QjtBQUN0QyxTQUFPLE1BQU07QUFDWCxVQUFNLElBQUksVUFBVSxZQUFZO0FBQUEsRUFDbEM7QUFDRjtBQUdBLGVBQXNCLFVBQXlCO0FBQzdDLFdBQVMsT0FBTyxHQUFHLE9BQU8sSUFBSSxRQUFRLEVBQUcsT0FBTSxJQUFJLFFBQVEsQ0FBQyxTQUFTLGFBQWEsSUFBSSxDQUFDO0FBQ3pGOzs7QUp4RkEsSUFBTSxNQUFNO0FBQ1osSUFBTSxRQUFRLEdBQUcsTUFBTTtBQUN2QixJQUFNLFVBQVUsR0FBRyxNQUFNO0FBQ3pCLElBQU0sV0FBVyxHQUFHLE1BQU07QUFFMUIsSUFBSTtBQUNKLElBQUksU0FBUztBQUViLFdBQVcsTUFBTTtBQUNmLFNBQU8sSUFBSSxLQUFLO0FBQ2hCLE9BQUssT0FBTyxVQUFVLEtBQUssQ0FBQyxDQUFDLENBQUM7QUFDaEMsQ0FBQztBQUVELFNBQVMsSUFBSSxVQUFrQixDQUFDLEdBQWE7QUFDM0MsU0FBTyxJQUFJLFNBQVMsRUFBRSxRQUFRLFFBQVEsVUFBVSxXQUFXLE1BQU0sQ0FBQyxHQUFHLEdBQUcsR0FBRyxRQUFRLENBQUM7QUFDdEY7QUFFQSxTQUFTLFFBQVEsU0FBaUIsQ0FBQyxHQUFXO0FBQzVDLFFBQU0sT0FBTyxFQUFFLEtBQUssUUFBUSxLQUFLLFdBQVcsS0FBSyxZQUFZLEtBQUssV0FBVyxHQUFHLE9BQU87QUFDdkYsU0FBTyxPQUFPLE9BQU8sS0FBSyxLQUFLLFVBQVUsSUFBSSxDQUFDLEVBQUUsU0FBUyxXQUFXLENBQUM7QUFDdkU7QUFFQSxTQUFTLE9BQU8sU0FBaUIsQ0FBQyxHQUFHLGFBQWEsS0FBSztBQUNyRCxZQUFVO0FBQ1YsU0FBTyxFQUFFLGNBQWMsVUFBVSxNQUFNLElBQUksWUFBWSxVQUFVLFlBQVksT0FBTyxVQUFVLFVBQVUsUUFBUSxNQUFNLEVBQUU7QUFDMUg7QUFHQSxlQUFlLE1BQU0sS0FBeUM7QUFDNUQsUUFBTSxJQUFJLE9BQU8sRUFBRSxVQUFVLGtCQUFrQixDQUFDO0FBQ2hELFNBQU8sS0FBSyxLQUFLLENBQUMsRUFBRztBQUN2QjtBQUVBLFNBQVMsU0FBUyxPQUF3QixVQUFrQyxDQUFDLEdBQVM7QUFDcEYsUUFBTSxTQUFTLEVBQUUsTUFBTSxZQUFZLE9BQU8sTUFBTSxJQUFJLE9BQU8sR0FBSSxLQUFLLFFBQVEsR0FBRyxRQUFRO0FBQ3ZGLE9BQUssS0FBSyxHQUFHLElBQUksSUFBSSxJQUFJLGdCQUFnQixPQUFPLFFBQVEsTUFBTSxFQUFFLE9BQU8sQ0FBQyxDQUFDLEVBQUUsS0FBSyxNQUFNLEtBQUssQ0FBQyxDQUFDLEVBQUU7QUFDakc7QUFFQSxlQUFlLFNBQVMsTUFBTSxJQUFJLEdBQUcsU0FBaUIsQ0FBQyxHQUFzQjtBQUMzRSxRQUFNLFFBQVEsTUFBTSxNQUFNLEdBQUc7QUFDN0IsT0FBSyxPQUFPLE9BQU8sS0FBSyxPQUFPLEVBQUUsT0FBTyxNQUFNLElBQUksT0FBTyxHQUFHLEdBQUcsT0FBTyxDQUFDLENBQUMsQ0FBQztBQUN6RSxXQUFTLEtBQUs7QUFDZCxTQUFPLE1BQU0sTUFBTSxJQUFJLGFBQWEsR0FBRyxJQUFJO0FBQzNDLFNBQU87QUFDVDtBQUVBLFNBQVMsVUFBVSxNQUFjO0FBQy9CLFNBQU8sQ0FBQyxVQUFtQixpQkFBaUIsaUJBQWlCLE1BQU0sU0FBUztBQUM5RTtBQUVBLEtBQUssdUVBQXVFLFlBQVk7QUFDdEYsUUFBTSxRQUFRLE1BQU0sTUFBTSxJQUFJLEVBQUUsVUFBVSxJQUFJLENBQUMsQ0FBQztBQUVoRCxRQUFNLE9BQU8sS0FBSyxNQUFNLENBQUMsR0FBRyxLQUFLLFFBQVEsT0FBTyxDQUFDLEVBQUUsQ0FBQyxDQUFFO0FBQ3RELFNBQU8sTUFBTSxLQUFLLEtBQUssQ0FBQyxFQUFHLFNBQVMsS0FBSyxLQUFLLENBQUMsRUFBRyxVQUFVLEdBQUcsTUFBTSxrQkFBa0I7QUFDdkYsU0FBTyxNQUFNLE1BQU0sSUFBSSxlQUFlLEdBQUcsTUFBTTtBQUMvQyxTQUFPLE1BQU0sTUFBTSxJQUFJLHVCQUF1QixHQUFHLE1BQU07QUFDdkQsU0FBTyxNQUFNLE1BQU0sSUFBSSxnQkFBZ0IsR0FBRyxXQUFXLFFBQVEsRUFBRSxPQUFPLEtBQUssUUFBUSxFQUFFLE9BQU8sV0FBVyxDQUFDO0FBQ3hHLFNBQU8sVUFBVSxDQUFDLE1BQU0sSUFBSSxPQUFPLEdBQUcsTUFBTSxJQUFJLE9BQU8sQ0FBQyxHQUFHLENBQUMsS0FBSyxPQUFPLEtBQUssS0FBSyxDQUFDO0FBQ25GLFNBQU8sTUFBTSxNQUFNLElBQUksVUFBVSxHQUFHLEdBQUc7QUFDdkMsU0FBTyxPQUFNLG9CQUFJLElBQUksQ0FBQyxLQUFLLE9BQU8sS0FBSyxPQUFPLEtBQUssUUFBUSxDQUFDLEdBQUUsTUFBTSxDQUFDO0FBQ3JFLFNBQU8sR0FBRyxDQUFDLEtBQUssT0FBTyxLQUFLLE9BQU8sS0FBSyxRQUFRLEVBQUUsTUFBTSxDQUFDLFNBQWlCLEtBQUssV0FBVyxFQUFFLENBQUM7QUFDL0YsQ0FBQztBQUVELEtBQUssMENBQTBDLFlBQVk7QUFDekQsUUFBTSxJQUFJLEVBQUUsT0FBTyxFQUFFLFFBQVEsUUFBUSxXQUFXLFlBQVksUUFBUSxHQUFHLFdBQVcsS0FBSyxXQUFXLEtBQUssQ0FBQztBQUV4RyxRQUFNLFFBQVEsS0FBSyxLQUFLLENBQUMsRUFBRztBQUM1QixRQUFNLFFBQVEsQ0FBQyxVQUFVLGNBQWMsV0FBVyxjQUFjLFlBQVk7QUFDNUUsU0FBTyxVQUFVLE1BQU0sSUFBSSxDQUFDLFNBQVMsTUFBTSxJQUFJLElBQUksQ0FBQyxHQUFHLENBQUMsUUFBUSxZQUFZLEtBQUssS0FBSyxJQUFJLENBQUM7QUFDN0YsQ0FBQztBQUVELEtBQUssNkNBQTZDLFlBQVk7QUFDNUQsYUFBVyxZQUFZLENBQUMseUJBQXlCLGtCQUFrQix1QkFBdUIsMkJBQTJCLEdBQUc7QUFDdEgsVUFBTSxPQUFPLFFBQVEsSUFBSSxFQUFFLE9BQU8sRUFBRSxTQUFTLENBQUMsR0FBRyxVQUFVLGtCQUFrQixDQUFDO0FBQUEsRUFDaEY7QUFDQSxTQUFPLFVBQVUsQ0FBQyxLQUFLLEtBQUssUUFBUSxLQUFLLFFBQVEsSUFBSSxHQUFHLENBQUMsR0FBRyxDQUFDLENBQUM7QUFDaEUsQ0FBQztBQUVELEtBQUssa0VBQWtFLFlBQVk7QUFDakYsUUFBTSxNQUFNLElBQUksRUFBRSxVQUFVLElBQUksQ0FBQztBQUNqQyxRQUFNLFFBQXlCLENBQUM7QUFDaEMsTUFBSSxTQUFTLENBQUMsU0FBUyxNQUFNLEtBQUssSUFBSSxDQUFDO0FBRXZDLFFBQU0sUUFBUSxNQUFNLE1BQU0sR0FBRztBQUM3QixRQUFNLFdBQVcsS0FBSyxNQUFNLENBQUMsR0FBRyxLQUFLLFFBQVEsT0FBTyxDQUFDLEVBQUUsQ0FBQyxDQUFFLEVBQUU7QUFDNUQsT0FBSyxPQUFPLE9BQU8sS0FBSyxPQUFPLEVBQUUsT0FBTyxNQUFNLElBQUksT0FBTyxFQUFFLENBQUMsQ0FBQyxDQUFDO0FBQzlELFdBQVMsS0FBSztBQUVkLFNBQU8sTUFBTSxNQUFNLElBQUksYUFBYSxHQUFHLElBQUk7QUFDM0MsU0FBTyxVQUFVLE9BQU8sWUFBWSxLQUFLLE9BQU8sQ0FBQyxDQUFFLEdBQUc7QUFBQSxJQUNwRCxXQUFXO0FBQUEsSUFDWCxNQUFNO0FBQUEsSUFDTixjQUFjO0FBQUEsSUFDZCxlQUFlO0FBQUEsSUFDZixVQUFVO0FBQUEsRUFDWixDQUFDO0FBQ0QsU0FBTyxNQUFNLEtBQUssU0FBUyxDQUFDLEVBQUcsUUFBUSxJQUFJLGdCQUFnQixHQUFHLEdBQUc7QUFDakUsU0FBTyxNQUFNLEtBQUssU0FBUyxDQUFDLEVBQUcsYUFBYSxTQUFTO0FBQ3JELFNBQU8sTUFBTSxLQUFLLFNBQVMsb0NBQW9DO0FBQy9ELFNBQU8sTUFBTSxLQUFLLFFBQVEsTUFBTSxDQUFDO0FBQ2pDLFNBQU8sTUFBTSxJQUFJLE1BQU0sS0FBSyxVQUFVO0FBQ3RDLFNBQU8sVUFBVSxNQUFNLElBQUksQ0FBQyxTQUFTLE1BQU0sR0FBRyxHQUFHLENBQUMsVUFBVSxDQUFDO0FBQzdELFNBQU8sTUFBTyxNQUFNLElBQUksTUFBTSxHQUFLLFVBQVU7QUFDL0MsQ0FBQztBQUVELEtBQUsseURBQXlELFlBQVk7QUFDeEUsUUFBTSxNQUFNLElBQUk7QUFDaEIsUUFBTSxRQUFRLE1BQU0sTUFBTSxHQUFHO0FBQzdCLE9BQUssT0FBTyxPQUFPLEtBQUssT0FBTyxFQUFFLE9BQU8sTUFBTSxJQUFJLE9BQU8sRUFBRSxDQUFDLENBQUMsQ0FBQztBQUM5RCxXQUFTLEtBQUs7QUFFZCxTQUFPLFVBQVUsTUFBTSxRQUFRLElBQUksQ0FBQyxJQUFJLGFBQWEsR0FBRyxJQUFJLGFBQWEsQ0FBQyxDQUFDLEdBQUcsQ0FBQyxNQUFNLEtBQUssQ0FBQztBQUMzRixTQUFPLE1BQU0sS0FBSyxHQUFHLEtBQUssRUFBRSxRQUFRLENBQUM7QUFDdkMsQ0FBQztBQUVELEtBQUssNkNBQTZDLFlBQVk7QUFDNUQsYUFBVyxXQUFXLENBQUMsTUFBTSxHQUFHLElBQUksV0FBVyxHQUFHLElBQUksWUFBWSxHQUFHLElBQUksc0JBQXNCLEdBQUc7QUFDaEcsU0FBSyxLQUFLLE9BQU87QUFDakIsV0FBTyxNQUFNLE1BQU0sSUFBSSxFQUFFLGFBQWEsR0FBRyxLQUFLO0FBQzlDLFdBQU8sTUFBTSxLQUFLLFNBQVMsT0FBTztBQUFBLEVBQ3BDO0FBQ0YsQ0FBQztBQUVELEtBQUssZ0dBQWdHLFlBQVk7QUFDL0csUUFBTSxNQUFNLElBQUk7QUFDaEIsUUFBTSxRQUFRLE1BQU0sTUFBTSxHQUFHO0FBQzdCLE9BQUssT0FBTyxPQUFPLEtBQUssT0FBTyxFQUFFLE9BQU8sTUFBTSxJQUFJLE9BQU8sRUFBRSxDQUFDLENBQUMsQ0FBQztBQUM5RCxXQUFTLE9BQU8sRUFBRSxPQUFPLFdBQVcsTUFBTSxVQUFVLENBQUM7QUFFckQsUUFBTSxPQUFPLFFBQVEsSUFBSSxhQUFhLEdBQUcsVUFBVSxnQkFBZ0IsQ0FBQztBQUVwRSxTQUFPLE1BQU0sS0FBSyxTQUFTLElBQUk7QUFDL0IsU0FBTyxNQUFNLEtBQUssU0FBUyxRQUFRLENBQUM7QUFDcEMsV0FBUyxLQUFLO0FBQ2QsU0FBTyxNQUFNLE1BQU0sSUFBSSxhQUFhLEdBQUcsSUFBSTtBQUM3QyxDQUFDO0FBRUQsS0FBSyxnRUFBZ0UsWUFBWTtBQUMvRSxhQUFXLE9BQU8sQ0FBQyx3QkFBd0IsR0FBRyxNQUFNLEtBQUssRUFBRSxHQUFHO0FBQzVELFVBQU0sTUFBTSxJQUFJO0FBQ2hCLFVBQU0sSUFBSSxPQUFPO0FBQ2pCLGFBQVMsS0FBSyxLQUFLLEdBQUcsRUFBRSxFQUFHLGNBQWMsRUFBRSxJQUFJLENBQUM7QUFFaEQsVUFBTSxPQUFPLFFBQVEsSUFBSSxhQUFhLEdBQUcsVUFBVSxjQUFjLENBQUM7QUFBQSxFQUNwRTtBQUNBLFNBQU8sVUFBVSxDQUFDLEtBQUssU0FBUyxRQUFRLEtBQUssUUFBUSxJQUFJLEdBQUcsQ0FBQyxHQUFHLENBQUMsQ0FBQztBQUNwRSxDQUFDO0FBRUQsS0FBSyw4RUFBOEUsWUFBWTtBQUM3RixhQUFXLFNBQVMsQ0FBQyxFQUFFLE9BQU8sVUFBVSxHQUFHLEVBQUUsS0FBSyxVQUFVLEdBQUcsRUFBRSxLQUFLLHVCQUF1QixDQUFDLEdBQUc7QUFDL0YsV0FBTyxJQUFJLEtBQUs7QUFDaEIsU0FBSyxPQUFPLFVBQVUsS0FBSyxDQUFDLENBQUMsQ0FBQztBQUU5QixVQUFNLE9BQU8sUUFBUSxTQUFTLElBQUksR0FBRyxLQUFLLEdBQUcsVUFBVSxhQUFhLENBQUM7QUFFckUsV0FBTyxNQUFNLEtBQUssR0FBRyxRQUFRLEVBQUUsUUFBUSxDQUFDO0FBQUEsRUFDMUM7QUFDRixDQUFDO0FBRUQsS0FBSyx5Q0FBeUMsWUFBWTtBQUN4RCxRQUFNLE1BQU0sSUFBSTtBQUNoQixXQUFTLE1BQU0sTUFBTSxHQUFHLENBQUM7QUFDekIsT0FBSyxPQUFPLE9BQU8sWUFBWSxDQUFDO0FBRWhDLFFBQU0sT0FBTyxRQUFRLElBQUksYUFBYSxHQUFHLFNBQVM7QUFDbEQsU0FBTyxNQUFNLEtBQUssR0FBRyxLQUFLLEVBQUUsUUFBUSxDQUFDO0FBQ3ZDLENBQUM7QUFFRCxLQUFLLDhDQUE4QyxZQUFZO0FBQzdELFFBQU0sTUFBTSxJQUFJO0FBQ2hCLFdBQVMsTUFBTSxNQUFNLEdBQUcsR0FBRyxFQUFFLE1BQU0sSUFBSSxPQUFPLGtCQUFrQixtQkFBbUIsdUJBQXVCLENBQUM7QUFFM0csUUFBTSxPQUFPLFFBQVEsSUFBSSxhQUFhLEdBQUcsVUFBVSxnQkFBZ0IsQ0FBQztBQUNwRSxTQUFPLE1BQU0sS0FBSyxTQUFTLFFBQVEsQ0FBQztBQUN0QyxDQUFDO0FBRUQsS0FBSyw2RUFBNkUsWUFBWTtBQUM1RixRQUFNLE1BQU0sSUFBSTtBQUNoQixRQUFNLFFBQVEsTUFBTSxNQUFNLEdBQUc7QUFDN0IsTUFBSSxTQUFTLENBQUMsTUFBZ0I7QUFBQSxFQUFDO0FBQy9CLE9BQUssT0FBTyxTQUFTLE1BQU0sSUFBSSxRQUFrQixDQUFDLFNBQVUsU0FBUyxJQUFLLENBQUM7QUFDM0UsT0FBSyxPQUFPLE9BQU8sS0FBSyxPQUFPLEVBQUUsT0FBTyxNQUFNLElBQUksT0FBTyxFQUFFLENBQUMsQ0FBQyxDQUFDO0FBQzlELFdBQVMsS0FBSztBQUNkLFFBQU0sUUFBUSxJQUFJLE1BQU07QUFDeEIsUUFBTSxRQUFRO0FBRWQsUUFBTSxXQUFXLElBQUksYUFBYTtBQUNsQyxRQUFNLFFBQVE7QUFDZCxTQUFPLE1BQU0sS0FBSyxHQUFHLEtBQUssRUFBRSxRQUFRLENBQUM7QUFDckMsU0FBTyxTQUFTLEtBQUssRUFBRSxPQUFPLGdCQUFnQixHQUFHLEVBQUUsUUFBUSxJQUFJLENBQUMsQ0FBQztBQUVqRSxTQUFPLE1BQU0sTUFBTSxVQUFVLElBQUk7QUFDakMsUUFBTTtBQUNOLFNBQU8sTUFBTSxJQUFJLE1BQU0sS0FBSyxVQUFVO0FBQ3hDLENBQUM7QUFFRCxLQUFLLDRDQUE0QyxZQUFZO0FBQzNELFFBQU0sTUFBTSxNQUFNLFNBQVM7QUFFM0IsU0FBTyxNQUFNLE1BQU0sSUFBSSxNQUFNLEdBQUcsTUFBTSxJQUFJLE1BQU0sQ0FBQztBQUNqRCxTQUFPLE1BQU0sS0FBSyxHQUFHLE9BQU8sRUFBRSxRQUFRLENBQUM7QUFDekMsQ0FBQztBQUVELEtBQUssaUVBQWlFLE9BQU8sWUFBWTtBQUN2RixVQUFRLEtBQUssT0FBTyxPQUFPLEVBQUUsTUFBTSxDQUFDLE1BQU0sR0FBRyxLQUFLLElBQVUsQ0FBQztBQUM3RCxRQUFNLE1BQU0sTUFBTSxTQUFTO0FBQzNCLFFBQU0sUUFBUSxNQUFNLElBQUksTUFBTTtBQUM5QixPQUFLLE9BQU8sU0FBUyxLQUFLLE9BQU8sQ0FBQyxDQUFDO0FBRW5DLFVBQVEsS0FBSyxPQUFPLEtBQUssS0FBTztBQUNoQyxTQUFPLE1BQU0sTUFBTSxJQUFJLE1BQU0sR0FBRyxLQUFLO0FBQ3JDLFVBQVEsS0FBSyxPQUFPLEtBQUssSUFBTTtBQUMvQixRQUFNLFFBQVEsTUFBTSxRQUFRLElBQUksQ0FBQyxJQUFJLE1BQU0sR0FBRyxJQUFJLE1BQU0sR0FBRyxJQUFJLE1BQU0sQ0FBQyxDQUFDO0FBRXZFLFNBQU8sT0FBTSxvQkFBSSxJQUFJLENBQUMsR0FBRyxPQUFPLEtBQUssQ0FBQyxHQUFFLE1BQU0sQ0FBQztBQUMvQyxTQUFPLE1BQU0sS0FBSyxHQUFHLE9BQU8sRUFBRSxRQUFRLENBQUM7QUFDekMsQ0FBQztBQUVELEtBQUssNERBQTRELFlBQVk7QUFDM0UsT0FBSyxPQUFPLFNBQVMsS0FBSyxPQUFPLENBQUMsQ0FBQztBQUNuQyxRQUFNLE1BQU0sSUFBSTtBQUVoQixTQUFPLE1BQU8sTUFBTSxJQUFJLE1BQU0sR0FBSyxVQUFVO0FBQzdDLFNBQU8sTUFBTSxJQUFJLE1BQU0sS0FBSyxVQUFVO0FBQ3RDLFNBQU8sVUFBVSxPQUFPLFlBQVksS0FBSyxPQUFPLENBQUMsQ0FBRSxHQUFHLEVBQUUsV0FBVyxVQUFVLENBQUM7QUFDaEYsQ0FBQztBQUVELEtBQUssZ0NBQWdDLFlBQVk7QUFDL0MsT0FBSyxPQUFPLFNBQVMsS0FBSyxFQUFFLE9BQU8sZ0JBQWdCLEdBQUcsR0FBRyxDQUFDO0FBRTFELFNBQU8sTUFBTSxNQUFNLElBQUksRUFBRSxNQUFNLEdBQUcsTUFBUztBQUM3QyxDQUFDO0FBRUQsS0FBSyw4RUFBOEUsWUFBWTtBQUM3RixPQUFLLE9BQU8sU0FBUyxZQUFZLEdBQUcsS0FBSyxPQUFPLENBQUMsQ0FBQztBQUNsRCxTQUFPLE1BQU8sTUFBTSxJQUFJLEVBQUUsTUFBTSxHQUFLLFVBQVU7QUFFL0MsT0FBSyxPQUFPLFNBQVMsWUFBWSxDQUFDO0FBQ2xDLFFBQU0sT0FBTyxRQUFRLElBQUksRUFBRSxNQUFNLEdBQUcsU0FBUztBQUM3QyxTQUFPLE1BQU0sS0FBSyxHQUFHLE9BQU8sRUFBRSxRQUFRLENBQUM7QUFDekMsQ0FBQztBQUVELEtBQUssMkRBQTJELE9BQU8sWUFBWTtBQUNqRixVQUFRLEtBQUssT0FBTyxPQUFPLEVBQUUsTUFBTSxDQUFDLE1BQU0sR0FBRyxLQUFLLElBQVUsQ0FBQztBQUM3RCxRQUFNLE1BQU0sTUFBTSxTQUFTO0FBQzNCLFVBQVEsS0FBSyxPQUFPLEtBQUssR0FBTztBQUNoQyxRQUFNLE9BQU8sS0FBSyxFQUFFLE9BQU8sMEJBQTBCLEdBQUcsS0FBSyxFQUFFLGVBQWUsSUFBSSxDQUFDO0FBQ25GLE9BQUssT0FBTyxTQUFTLE1BQU0sS0FBSyxPQUFPLENBQUMsQ0FBQztBQUV6QyxRQUFNLE9BQU8sUUFBUSxJQUFJLE1BQU0sR0FBRyxDQUFDLFVBQW1CLGlCQUFpQixpQkFBaUIsTUFBTSxlQUFlLENBQUM7QUFDOUcsU0FBTyxNQUFNLElBQUksTUFBTSxLQUFLLFVBQVU7QUFDdEMsU0FBTyxNQUFPLE1BQU0sSUFBSSxNQUFNLEdBQUssVUFBVTtBQUMvQyxDQUFDO0FBRUQsS0FBSyxzRUFBc0UsT0FBTyxZQUFZO0FBQzVGLFVBQVEsS0FBSyxPQUFPLE9BQU8sRUFBRSxNQUFNLENBQUMsTUFBTSxHQUFHLEtBQUssSUFBVSxDQUFDO0FBQzdELFFBQU0sTUFBTSxNQUFNLFNBQVM7QUFDM0IsUUFBTSxRQUF5QixDQUFDO0FBQ2hDLFFBQU0sT0FBTyxJQUFJLFNBQVMsQ0FBQyxTQUFTLE1BQU0sS0FBSyxJQUFJLENBQUM7QUFDcEQsT0FBSyxPQUFPLFNBQVMsS0FBSyxFQUFFLE9BQU8sZ0JBQWdCLEdBQUcsR0FBRyxDQUFDO0FBQzFELFVBQVEsS0FBSyxPQUFPLEtBQUssR0FBTztBQUVoQyxTQUFPLE1BQU0sTUFBTSxJQUFJLE1BQU0sR0FBRyxNQUFTO0FBQ3pDLFNBQU8sVUFBVSxDQUFDLE9BQU8sSUFBSSxJQUFJLEdBQUcsQ0FBQyxDQUFDLElBQUksR0FBRyxJQUFJLENBQUM7QUFDbEQsT0FBSztBQUNQLENBQUM7QUFFRCxLQUFLLHFDQUFxQyxZQUFZO0FBQ3BELFFBQU0sTUFBTSxNQUFNLFNBQVM7QUFDM0IsT0FBSyxPQUFPLEdBQUcsR0FBRyxVQUFVLEtBQUssQ0FBQyxDQUFDLENBQUM7QUFFcEMsU0FBTyxPQUFPLE1BQU0sSUFBSSxNQUFNLEdBQUcsR0FBRyxVQUFVLEVBQUUsUUFBUSxRQUFRLE1BQU0sSUFBSSxDQUFDLEdBQUcsUUFBUSxHQUFHO0FBQ3pGLFFBQU0sQ0FBQyxPQUFPLElBQUksS0FBSyxHQUFHLEdBQUcsR0FBRyxRQUFRO0FBQ3hDLFNBQU8sTUFBTSxRQUFTLFFBQVEsSUFBSSxlQUFlLEdBQUcsVUFBVSxNQUFNLElBQUksTUFBTSxDQUFDLEVBQUU7QUFDbkYsQ0FBQztBQUVELEtBQUssd0NBQXdDLFlBQVk7QUFDdkQsUUFBTSxNQUFNLE1BQU0sU0FBUztBQUMzQixRQUFNLFNBQVMsS0FBSyxTQUFTO0FBRTdCLGFBQVcsT0FBTyxDQUFDLDhCQUE4QixxQ0FBcUMsdUJBQXVCLFNBQVMsR0FBRyxNQUFNLEdBQUcsR0FBRztBQUNuSSxVQUFNLE9BQU8sUUFBUSxJQUFJLE1BQU0sSUFBSSxJQUFJLEtBQUssSUFBSSxDQUFDLEdBQUcsVUFBVSxZQUFZLENBQUM7QUFBQSxFQUM3RTtBQUNBLFNBQU8sTUFBTSxLQUFLLFNBQVMsUUFBUSxNQUFNO0FBQzNDLENBQUM7QUFFRCxLQUFLLGtFQUFrRSxZQUFZO0FBQ2pGLFFBQU0sTUFBTSxNQUFNLFNBQVM7QUFDM0IsT0FBSyxPQUFPLFNBQVMsS0FBSyxPQUFPLENBQUMsQ0FBQztBQUNuQyxPQUFLLE9BQU8sR0FBRyxHQUFHLFVBQVUsS0FBSyxDQUFDLEdBQUcsR0FBRyxHQUFHLEtBQUssRUFBRSxJQUFJLEVBQUUsR0FBRyxHQUFHLENBQUM7QUFFL0QsUUFBTSxTQUFTLE1BQU0sSUFBSSxNQUFNLEdBQUcsR0FBRyxVQUFVLEVBQUUsUUFBUSxRQUFRLE1BQU0sU0FBUyxDQUFDO0FBRWpGLFNBQU8sTUFBTSxPQUFPLFFBQVEsR0FBRztBQUMvQixRQUFNLE9BQU8sS0FBSyxHQUFHLEdBQUcsR0FBRyxRQUFRO0FBQ25DLFNBQU8sTUFBTSxJQUFJLElBQUksS0FBSyxJQUFJLENBQUMsWUFBWSxRQUFRLFFBQVEsSUFBSSxlQUFlLENBQUMsQ0FBQyxFQUFFLE1BQU0sQ0FBQztBQUN6RixTQUFPLFVBQVUsTUFBTSxRQUFRLElBQUksS0FBSyxJQUFJLENBQUMsWUFBWSxRQUFRLE1BQU0sQ0FBQyxHQUFHLENBQUMsUUFBUSxNQUFNLENBQUM7QUFDM0YsU0FBTyxNQUFNLEtBQUssT0FBTyxHQUFHLEVBQUUsRUFBRyxJQUFJLE1BQU0sR0FBRyxHQUFHO0FBQ25ELENBQUM7QUFFRCxLQUFLLG1EQUFtRCxZQUFZO0FBQ2xFLFFBQU0sTUFBTSxNQUFNLFNBQVM7QUFDM0IsT0FBSyxPQUFPLFNBQVMsS0FBSyxPQUFPLENBQUMsQ0FBQztBQUNuQyxPQUFLLE9BQU8sR0FBRyxHQUFHLFVBQVUsS0FBSyxDQUFDLEdBQUcsR0FBRyxDQUFDO0FBRXpDLFNBQU8sT0FBTyxNQUFNLElBQUksTUFBTSxHQUFHLEdBQUcsUUFBUSxHQUFHLFFBQVEsR0FBRztBQUMxRCxTQUFPLE1BQU0sS0FBSyxHQUFHLEdBQUcsR0FBRyxRQUFRLEVBQUUsUUFBUSxDQUFDO0FBQ2hELENBQUM7QUFFRCxLQUFLLDZFQUE2RSxZQUFZO0FBQzVGLFFBQU0sTUFBTSxNQUFNLFNBQVM7QUFDM0IsUUFBTSxRQUF5QixDQUFDO0FBQ2hDLE1BQUksU0FBUyxDQUFDLFNBQVMsTUFBTSxLQUFLLElBQUksQ0FBQztBQUN2QyxPQUFLLE9BQU8sU0FBUyxLQUFLLEVBQUUsT0FBTyxnQkFBZ0IsR0FBRyxHQUFHLENBQUM7QUFDMUQsT0FBSyxPQUFPLEdBQUcsR0FBRyxVQUFVLEtBQUssQ0FBQyxHQUFHLEdBQUcsQ0FBQztBQUV6QyxTQUFPLE9BQU8sTUFBTSxJQUFJLE1BQU0sR0FBRyxHQUFHLFFBQVEsR0FBRyxRQUFRLEdBQUc7QUFDMUQsU0FBTyxVQUFVLE9BQU8sQ0FBQyxJQUFJLENBQUM7QUFDaEMsQ0FBQztBQUVELEtBQUssK0JBQStCLFlBQVk7QUFDOUMsT0FBSyxPQUFPLFNBQVMsS0FBSyxFQUFFLE9BQU8sZ0JBQWdCLEdBQUcsR0FBRyxDQUFDO0FBRTFELFFBQU0sT0FBTyxRQUFRLElBQUksRUFBRSxNQUFNLEdBQUcsR0FBRyxRQUFRLEdBQUcsVUFBVSxnQkFBZ0IsQ0FBQztBQUM3RSxTQUFPLE1BQU0sS0FBSyxHQUFHLEdBQUcsR0FBRyxRQUFRLEVBQUUsUUFBUSxDQUFDO0FBQ2hELENBQUM7QUFFRCxLQUFLLHlEQUF5RCxZQUFZO0FBQ3hFLFFBQU0sTUFBTSxNQUFNLFNBQVM7QUFDM0IsT0FBSyxPQUFPLFNBQVMsS0FBSyxPQUFPLENBQUMsQ0FBQztBQUNuQyxPQUFLLE9BQU8sR0FBRyxHQUFHLFVBQVUsS0FBSyxDQUFDLEdBQUcsR0FBRyxHQUFHLEtBQUssQ0FBQyxHQUFHLEdBQUcsR0FBRyxLQUFLLENBQUMsR0FBRyxHQUFHLEdBQUcsS0FBSyxDQUFDLENBQUMsQ0FBQztBQUVqRixRQUFNLFVBQVUsTUFBTSxRQUFRLElBQUksQ0FBQyxHQUFHLEdBQUcsQ0FBQyxFQUFFLElBQUksTUFBTSxJQUFJLE1BQU0sR0FBRyxHQUFHLFFBQVEsQ0FBQyxDQUFDO0FBRWhGLFNBQU8sVUFBVSxRQUFRLElBQUksQ0FBQyxXQUFXLE9BQU8sTUFBTSxHQUFHLENBQUMsS0FBSyxLQUFLLEdBQUcsQ0FBQztBQUN4RSxTQUFPLE1BQU0sS0FBSyxHQUFHLE9BQU8sRUFBRSxRQUFRLENBQUM7QUFDekMsQ0FBQztBQUVELEtBQUssd0VBQXdFLFlBQVk7QUFDdkYsUUFBTSxNQUFNLE1BQU0sU0FBUztBQUMzQixRQUFNLFFBQXlCLENBQUM7QUFDaEMsTUFBSSxTQUFTLENBQUMsU0FBUyxNQUFNLEtBQUssSUFBSSxDQUFDO0FBRXZDLFFBQU0sSUFBSSxRQUFRO0FBRWxCLFFBQU0sUUFBUSxLQUFLLEtBQUssR0FBRyxFQUFFO0FBQzdCLFNBQU8sTUFBTSxLQUFLLEdBQUcsUUFBUSxFQUFFLFFBQVEsQ0FBQztBQUN4QyxTQUFPLE1BQU0sTUFBTSxVQUFVLGVBQWU7QUFDNUMsU0FBTyxNQUFNLE1BQU0sYUFBYSxJQUFJLFdBQVcsR0FBRyxTQUFTO0FBQzNELFNBQU8sTUFBTSxNQUFNLGFBQWEsSUFBSSwwQkFBMEIsR0FBRyxJQUFJO0FBQ3JFLFNBQU8sTUFBTSxNQUFNLGFBQWEsSUFBSSxlQUFlLEdBQUksUUFBUTtBQUMvRCxTQUFPLFVBQVUsQ0FBQyxPQUFPLElBQUksSUFBSSxHQUFHLENBQUMsQ0FBQyxJQUFJLEdBQUcsSUFBSSxDQUFDO0FBQ3BELENBQUM7QUFFRCxLQUFLLHNEQUFzRCxZQUFZO0FBQ3JFLFFBQU0sTUFBTSxNQUFNLFNBQVM7QUFDM0IsUUFBTSxTQUFTLEtBQUssS0FBSztBQUV6QixRQUFNLElBQUksUUFBUSxFQUFFLFlBQVksTUFBTSxDQUFDO0FBRXZDLFNBQU8sVUFBVSxDQUFDLEtBQUssS0FBSyxRQUFRLElBQUksSUFBSSxHQUFHLENBQUMsUUFBUSxJQUFJLENBQUM7QUFDL0QsQ0FBQztBQUVELEtBQUssc0VBQXNFLFlBQVk7QUFDckYsUUFBTSxNQUFNLE1BQU0sU0FBUztBQUMzQixPQUFLLE9BQU8sVUFBVSxLQUFLLEVBQUUsT0FBTywwQkFBMEIsR0FBRyxHQUFHLENBQUM7QUFFckUsUUFBTSxPQUFPLFFBQVEsSUFBSSxRQUFRLEdBQUcsVUFBVSx5QkFBeUIsQ0FBQztBQUN4RSxTQUFPLE1BQU0sSUFBSSxNQUFNLEtBQUssVUFBVTtBQUN4QyxDQUFDO0FBRUQsS0FBSyxxQ0FBcUMsWUFBWTtBQUNwRCxRQUFNLENBQUMsS0FBSyxLQUFLLElBQUksQ0FBQyxJQUFJLEdBQUcsSUFBSSxDQUFDO0FBQ2xDLFFBQU0sVUFBVSxJQUFJLFNBQVMsRUFBRSxRQUFRLFFBQVEsVUFBVSxVQUFVLENBQUM7QUFDcEUsT0FBSyxPQUFPLFNBQVMsS0FBSyxPQUFPLENBQUMsQ0FBQztBQUVuQyxRQUFNLFNBQVMsR0FBRztBQUNsQixRQUFNLFFBQVE7QUFDZCxTQUFPLE1BQU0sTUFBTSxNQUFNLEtBQUssVUFBVTtBQUN4QyxTQUFPLE1BQU0sUUFBUSxNQUFNLElBQUk7QUFFL0IsUUFBTSxJQUFJLFFBQVEsRUFBRSxZQUFZLE1BQU0sQ0FBQztBQUN2QyxRQUFNLFFBQVE7QUFDZCxTQUFPLE1BQU0sTUFBTSxNQUFNLElBQUk7QUFDL0IsQ0FBQztBQUVELEtBQUssNEVBQTRFLFlBQVk7QUFDM0YsUUFBTSxDQUFDLEtBQUssS0FBSyxJQUFJLENBQUMsTUFBTSxTQUFTLEdBQUcsSUFBSSxDQUFDO0FBQzdDLE1BQUksU0FBUyxDQUFDLE1BQWdCO0FBQUEsRUFBQztBQUMvQixPQUFLLE9BQU8sU0FBUyxNQUFNLElBQUksUUFBa0IsQ0FBQyxTQUFVLFNBQVMsSUFBSyxDQUFDO0FBQzNFLFFBQU0sT0FBTyxNQUFNLE1BQU07QUFDekIsUUFBTSxRQUFRO0FBRWQsUUFBTSxJQUFJLFFBQVEsRUFBRSxZQUFZLE1BQU0sQ0FBQztBQUN2QyxTQUFPLFNBQVMsS0FBSyxPQUFPLENBQUMsQ0FBQztBQUU5QixTQUFPLE1BQU0sTUFBTSxNQUFNLE1BQVM7QUFDbEMsU0FBTyxNQUFNLE1BQU0sTUFBTSxJQUFJO0FBQy9CLENBQUM7QUFFRCxLQUFLLG9FQUFvRSxZQUFZO0FBQ25GLFFBQU0sQ0FBQyxLQUFLLEtBQUssSUFBSSxDQUFDLElBQUksR0FBRyxJQUFJLENBQUM7QUFDbEMsTUFBSSxTQUFTLENBQUMsTUFBZ0I7QUFBQSxFQUFDO0FBQy9CLE9BQUssT0FBTyxTQUFTLE1BQU0sSUFBSSxRQUFrQixDQUFDLFNBQVUsU0FBUyxJQUFLLEdBQUcsS0FBSyxPQUFPLENBQUMsQ0FBQztBQUMzRixRQUFNLFFBQVEsTUFBTSxNQUFNO0FBQzFCLFFBQU0sUUFBUTtBQUVkLFFBQU0sU0FBUyxHQUFHO0FBQ2xCLFNBQU8sU0FBUyxLQUFLLEVBQUUsT0FBTyxnQkFBZ0IsR0FBRyxFQUFFLFFBQVEsSUFBSSxDQUFDLENBQUM7QUFDakUsUUFBTTtBQUNOLFFBQU0sUUFBUTtBQUVkLFNBQU8sTUFBTSxNQUFNLE1BQU0sS0FBSyxVQUFVO0FBQzFDLENBQUM7QUFFRCxLQUFLLDBDQUEwQyxZQUFZO0FBQ3pELFFBQU0sU0FBUyxHQUFHLE1BQU07QUFDeEIsUUFBTSxNQUFNLElBQUksRUFBRSxPQUFPLENBQUM7QUFDMUIsUUFBTSxRQUFRLE1BQU0sTUFBTSxHQUFHO0FBQzdCLE9BQUssT0FBTyxPQUFPLEtBQUssT0FBTyxFQUFFLE9BQU8sTUFBTSxJQUFJLE9BQU8sR0FBRyxLQUFLLE9BQU8sQ0FBQyxDQUFDLENBQUM7QUFDM0UsV0FBUyxPQUFPLEVBQUUsS0FBSyxPQUFPLENBQUM7QUFFL0IsU0FBTyxNQUFNLE1BQU0sSUFBSSxhQUFhLEdBQUcsSUFBSTtBQUMzQyxTQUFPLE1BQU0sS0FBSyxLQUFLLENBQUMsRUFBRyxVQUFVLGtCQUFrQjtBQUN6RCxDQUFDO0FBRUQsS0FBSywrQ0FBK0MsWUFBWTtBQUM5RCxRQUFNLE1BQU0sTUFBTSxTQUFTO0FBQzNCLE9BQUssT0FBTyxTQUFTLEtBQUssT0FBTyxDQUFDLENBQUM7QUFDbkMsUUFBTSxJQUFJLE1BQU07QUFFaEIsU0FBTyxVQUFVLENBQUMsR0FBRyxLQUFLLE9BQU8sR0FBRyxDQUFDLENBQUM7QUFDeEMsQ0FBQzsiLAogICJuYW1lcyI6IFsidG9rZW5zIiwgImlkVG9rZW4iLCAicGFnZSJdCn0K
