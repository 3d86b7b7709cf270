import { ask, Listeners, OneAtATime } from "./change.js";
import { DoorwardError } from "./errors.js";

/** What an account shows of itself to its owner. */
export interface WebUser {
  readonly id: string;
  readonly username: string;
  readonly email: string;
  readonly is_verified: boolean;
  readonly roles: readonly string[];
  readonly created_at: string;
}

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * For pages on the server's own origin: the whole session is in cookies that no script sees, and every change carries a
 * token against forgery. No application, no redirect, no access token.
 */
export class WebSession {
  readonly #base: string;
  readonly #listeners = new Listeners<WebUser>();
  readonly #refresh = new OneAtATime<boolean>();
  #csrf: Promise<string> | undefined;
  #user: WebUser | null = null;

  /** `base` is the path that the server is mounted at, where that is not the root. */
  constructor({ base = "" }: { base?: string } = {}) {
    this.#base = new URL(base, location.origin).href.replace(/\/$/, "");
    if (new URL(this.#base).origin !== location.origin) throw new DoorwardError("another_origin", this.#base);
  }

  /** Who is signed in; null also before anybody was asked, which `load` does. */
  get user(): WebUser | null {
    return this.#user;
  }

  /** Be told of everyone who signs in, and with null of the end. Returns what stops that. */
  onChange(listener: (user: WebUser | null) => void): () => void {
    return this.#listeners.add(listener);
  }

  /** Ask who is signed in. */
  async load(): Promise<WebUser | null> {
    const answer = await this.fetch("/v1/web/me");
    if (answer.ok) this.#become(await answer.json());
    else if (answer.status !== 401) throw await DoorwardError.from(answer);
    return this.#user;
  }

  /** Sign in. Throws a DoorwardError: `INVALID_CREDENTIALS`, `TOO_MANY_REQUESTS`, ... */
  async signIn(username: string, password: string): Promise<WebUser> {
    const answer = await this.#change("/v1/auth/login_web", { username, password });
    this.#csrf = undefined; // the next one is bound to the session
    const { user }: { user: WebUser } = await answer.json();
    this.#become(user);
    return user;
  }

  /** Sign out, here and nowhere else. */
  async signOut(): Promise<void> {
    await this.#change("/v1/auth/logout_web", undefined);
    this.#csrf = undefined;
    this.#become(null);
  }

  /** Continue the session, and return whether there is one. `fetch` does it when it must. */
  refresh(): Promise<boolean> {
    return this.#refresh.run(async () => {
      const answer = await this.#send(new Request(this.#url("/v1/auth/refresh_web"), { method: "POST" }));
      if (answer.ok) this.#become(((await answer.json()) as { user: WebUser }).user);
      else if (answer.status === 401) this.#become(null);
      else throw await DoorwardError.from(answer);
      return answer.ok;
    });
  }

  /**
   * Send a request to this origin, with the token against forgery where it changes something; once more when the
   * session had to be continued. A path is one below `base`.
   */
  async fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const request = new Request(typeof input === "string" && input.startsWith("/") ? this.#url(input) : input, init);
    if (new URL(request.url).origin !== location.origin) throw new DoorwardError("another_origin", request.url);
    const again = request.clone();
    const answer = await this.#send(request);
    return answer.status === 401 && (await this.refresh()) ? this.#send(again) : answer;
  }

  async #change(path: string, body: object | undefined): Promise<Response> {
    const headers = { "content-type": "application/json" };
    const init = body ? { method: "POST", headers, body: JSON.stringify(body) } : { method: "POST" };
    const answer = await this.#send(new Request(this.#url(path), init));
    if (!answer.ok) throw await DoorwardError.from(answer);
    return answer;
  }

  /** Send a request; a change once more when its token was of another session, as after a sign-in in another tab. */
  async #send(request: Request): Promise<Response> {
    if (SAFE.has(request.method)) return fetch(request);
    const again = request.clone();
    const answer = await fetch(await this.#marked(request));
    if (answer.status !== 403) return answer;
    const refused = await DoorwardError.from(answer.clone());
    if (refused.code !== "CSRF_FAILED") return answer;
    this.#csrf = undefined;
    return fetch(await this.#marked(again));
  }

  async #marked(request: Request): Promise<Request> {
    this.#csrf ??= this.#newToken();
    request.headers.set("x-csrf-token", await this.#csrf);
    return request;
  }

  async #newToken(): Promise<string> {
    try {
      const answer = await ask(this.#url("/v1/auth/csrf"), { cache: "no-store" });
      if (!answer.ok) throw await DoorwardError.from(answer);
      return ((await answer.json()) as { csrf_token: string }).csrf_token;
    } catch (error) {
      this.#csrf = undefined;
      throw error;
    }
  }

  #url(path: string): string {
    return this.#base + path;
  }

  #become(user: WebUser | null): void {
    const before = this.#user;
    this.#user = user;
    if (before?.id !== user?.id) this.#listeners.tell(user);
  }
}
