import { ask, Listeners, OneAtATime } from "./change.js";
import { DoorwardError } from "./errors.js";

/** What an application is registered as, and what it asks for. */
export interface Options {
  /** The server's address, exactly as its metadata spells it. */
  issuer: string;
  /** A client of type `spa` with `--refresh-cookie`. */
  clientId: string;
  /** Where answers come, exactly as registered; by default the root of this origin. */
  redirectUri?: string;
  /** Where people come after signing out, exactly as registered; by default the root of this origin. */
  postLogoutRedirectUri?: string;
  /** What is asked for; `openid profile email` by default. */
  scope?: string;
  /** The API that access tokens are for (RFC 8707). */
  resource?: string;
  /** The origins that `fetch` shows the access token to, and no others; that of `resource` by default. */
  apis?: readonly string[];
}

/** How somebody is asked to sign in. */
export interface SignInOptions {
  /** The page of this origin that they come back to; by default the one that they are on. */
  returnTo?: string;
  /** `none` asks nobody anything: `finishSignIn` then throws `login_required` unless they are signed in already. */
  prompt?: "none" | "login" | "consent" | "select_account";
  loginHint?: string;
  /** How many seconds ago they may have signed in at most. */
  maxAge?: number;
  acrValues?: string;
  uiLocales?: string;
}

/** How much signing out ends. */
export interface SignOutOptions {
  /** False: the application alone. By default the person leaves the server too, and the page with it. */
  everywhere?: boolean;
}

/** Whom the ID token names. */
export interface User {
  readonly sub: string;
  readonly preferred_username?: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly [claim: string]: unknown;
}

/** What is kept while the person is at the server. */
interface Trip {
  state: string;
  nonce: string;
  verifier: string;
  returnTo: string;
}

interface Tokens {
  access: string;
  idToken: string | undefined;
  /** When the next one is asked for, in milliseconds. */
  until: number;
}

/** What the server sends, in the words of RFC 6749. */
interface Answer {
  access_token: string;
  expires_in: number;
  id_token?: string;
}

const EARLY = 30_000;
const SPREAD = 20_000;
const CLAIMS = { preferred_username: "profile", email: "email", email_verified: "email", roles: "roles" };

/**
 * Signs people in by a redirect (Authorization Code with PKCE), and keeps the access token in memory.
 *
 * The refresh token is a cookie of the server's, which no script sees; a page that is loaded anew is signed in by it.
 */
export class Doorward {
  readonly #issuer: string;
  readonly #base: string;
  readonly #clientId: string;
  readonly #redirectUri: string;
  readonly #afterwards: string;
  readonly #scope: string;
  readonly #resource: string | undefined;
  readonly #apis: ReadonlySet<string>;
  readonly #listeners = new Listeners<User>();
  readonly #refresh = new OneAtATime<void>();
  readonly #tabs: BroadcastChannel;
  #tokens: Tokens | undefined;
  #user: User | null = null;
  #ends = 0;

  constructor(options: Options) {
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
  get user(): User | null {
    return this.#user;
  }

  /** Be told of everyone who signs in, and with null of the end. Returns what stops that. */
  onChange(listener: (user: User | null) => void): () => void {
    return this.#listeners.add(listener);
  }

  /** Leave for the server's page. What the way back needs is kept in this tab's session storage until then. */
  async signIn(options: SignInOptions = {}): Promise<void> {
    const returnTo = new URL(options.returnTo ?? location.href, location.href);
    if (returnTo.origin !== location.origin) throw new DoorwardError("return_elsewhere", "returnTo is of another origin");
    const trip = { state: random(), nonce: random(), verifier: random(), returnTo: returnTo.href };
    sessionStorage.setItem(this.#place, JSON.stringify(trip));
    const asked: Record<string, string | number | undefined> = {
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
      ui_locales: options.uiLocales,
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
  async finishSignIn(): Promise<boolean> {
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
  async token(): Promise<string | undefined> {
    if (!this.#tokens || Date.now() >= this.#tokens.until) await this.#refresh.run(() => this.#next());
    return this.#tokens?.access;
  }

  /**
   * Send a request to one of `apis` with the access token; once more, with a new one, if the first is refused.
   *
   * Throws a DoorwardError: `not_an_api` for any other origin, `login_required` when nobody is signed in.
   */
  async fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const request = new Request(input, init);
    if (!this.#apis.has(new URL(request.url).origin)) throw new DoorwardError("not_an_api", request.url);
    const again = request.clone();
    const shown = await this.token();
    if (shown === undefined) throw new DoorwardError("login_required");
    const answer = await fetch(bearing(request, shown));
    if (answer.status !== 401) return answer;
    if (this.#tokens?.access === shown) this.#tokens.until = 0;
    const fresh = await this.token();
    return fresh === undefined || fresh === shown ? answer : fetch(bearing(again, fresh));
  }

  /** End what the cookie belongs to, forget the token, and, unless told otherwise, leave for the server's sign-out. */
  async signOut({ everywhere = true }: SignOutOptions = {}): Promise<void> {
    const hint = this.#tokens?.idToken;
    await this.#refresh.after(() => this.#leave());
    if (!everywhere) return;
    const asked = { client_id: this.#clientId, id_token_hint: hint, post_logout_redirect_uri: this.#afterwards };
    location.assign(`${this.#base}/oauth/logout?${form(asked)}`);
  }

  get #place(): string {
    return `doorward ${this.#clientId}`;
  }

  #takeTrip(state: string | null): Trip | undefined {
    const kept = sessionStorage.getItem(this.#place);
    const trip: Trip | undefined = kept === null ? undefined : JSON.parse(kept);
    if (trip?.state !== state) return undefined;
    sessionStorage.removeItem(this.#place);
    return trip;
  }

  #claims(): string {
    const scopes = this.#scope.split(" ");
    const names = Object.entries(CLAIMS).filter(([, scope]) => scopes.includes(scope));
    return JSON.stringify({ id_token: Object.fromEntries(names.map(([name]) => [name, null])) });
  }

  async #exchange(code: string, trip: Trip): Promise<void> {
    const sent = { code, redirect_uri: this.#redirectUri, code_verifier: trip.verifier, resource: this.#resource };
    const answer = await this.#post("token", sent);
    if (!answer.ok) throw await DoorwardError.from(answer);
    const tokens: Answer = await answer.json();
    if (this.#isMeant(tokens, trip.nonce)) return this.#keep(tokens);
    await this.#post("sign-out", {});
    throw new DoorwardError("wrong_token", "the ID token was not made for this sign-in");
  }

  /** Its signature is not looked at: it came from the server itself (OpenID Connect Core 1.0 section 3.1.3.7). */
  #isMeant(tokens: Answer, nonce: string): boolean {
    const claims = tokens.id_token ? read(tokens.id_token) : null;
    if (!claims) return !this.#scope.split(" ").includes("openid");
    return claims.iss === this.#issuer && claims.aud === this.#clientId && claims.nonce === nonce;
  }

  async #next(): Promise<void> {
    const ends = this.#ends;
    const answer = await this.#post("refresh", { resource: this.#resource });
    if (answer.ok) {
      const tokens: Answer = await answer.json();
      // What another tab has ended meanwhile does not come back.
      return ends === this.#ends ? this.#keep(tokens) : undefined;
    }
    const refused = await DoorwardError.from(answer);
    if (refused.code !== "invalid_grant") throw refused;
    this.#forget();
  }

  async #leave(): Promise<void> {
    const answer = await this.#post("sign-out", {});
    if (!answer.ok) throw await DoorwardError.from(answer);
    this.#forget();
    this.#tabs.postMessage("out");
  }

  #post(path: string, fields: Record<string, string | undefined>): Promise<Response> {
    // A code is good once: a second try of one that did arrive would end what the first began.
    const send = path === "token" ? fetch : ask;
    return send(`${this.#base}/oauth/browser/${path}`, {
      method: "POST",
      credentials: "include",
      headers: { "x-doorward-spa": "1" },
      body: form({ client_id: this.#clientId, ...fields }),
      cache: "no-store",
      redirect: "error",
    });
  }

  #keep(answer: Answer): void {
    const early = EARLY + Math.random() * SPREAD;
    const until = Date.now() + Math.max(answer.expires_in * 1000 - early, 0);
    this.#tokens = { access: answer.access_token, idToken: answer.id_token, until };
    this.#become(answer.id_token ? read(answer.id_token) : null);
  }

  #forget(): void {
    this.#ends += 1;
    this.#tokens = undefined;
    this.#become(null);
  }

  #become(user: User | null): void {
    const before = this.#user;
    this.#user = user;
    if (before?.sub !== user?.sub || before?.sid !== user?.sid) this.#listeners.tell(user);
  }

  /** Follow what another tab did: they all share the cookie. */
  async #hear(what: unknown): Promise<void> {
    if (what === "out") return this.#forget();
    if (this.#tokens) this.#tokens.until = 0;
    await this.#refresh.after(() => this.#next()).catch(() => undefined);
  }
}

function bearing(request: Request, token: string): Request {
  request.headers.set("authorization", `Bearer ${token}`);
  return request;
}

function form(fields: Record<string, string | number | undefined>): URLSearchParams {
  const sent = Object.entries(fields).filter(([, value]) => value !== undefined);
  return new URLSearchParams(sent.map(([name, value]) => [name, String(value)]));
}

function read(idToken: string): User {
  const part = (idToken.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/");
  const bytes = Uint8Array.from(atob(part), (letter) => letter.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}

function random(): string {
  return encode(crypto.getRandomValues(new Uint8Array(32)));
}

async function challenge(verifier: string): Promise<string> {
  return encode(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))));
}

function encode(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
