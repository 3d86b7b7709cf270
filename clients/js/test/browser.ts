/** As much of a browser as the library touches: an address, a session storage, tabs that hear each other, a network. */

export const HERE = "https://app.example/";
export const ISSUER = "https://auth.example";

type Answerer = (request: Request) => Response | Promise<Response>;

/** What happened to the page, and what the network answers: by path, each time the next of its answers, the last for ever. */
export class Page {
  readonly requests: Request[] = [];
  readonly bodies: URLSearchParams[] = [];
  readonly left: URL[] = [];
  readonly storage = new Map<string, string>();
  readonly #answers = new Map<string, Answerer[]>();
  #address = new URL(HERE);

  constructor() {
    const page = this;
    const put = (name: string, value: unknown) => Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    put("location", {
      get href() { return page.#address.href; },
      get origin() { return page.#address.origin; },
      get pathname() { return page.#address.pathname; },
      get search() { return page.#address.search; },
      assign: (url: string) => page.left.push(new URL(url)),
    });
    put("history", { state: null, replaceState: (_: unknown, __: string, url: string) => page.open(url) });
    put("sessionStorage", {
      getItem: (name: string) => page.storage.get(name) ?? null,
      setItem: (name: string, value: string) => page.storage.set(name, value),
      removeItem: (name: string) => page.storage.delete(name),
    });
    put("fetch", (input: RequestInfo | URL, init?: RequestInit) => page.#fetch(new Request(input, init)));
    put("BroadcastChannel", Channel);
    Channel.all.clear();
  }

  get address(): string {
    return this.#address.href;
  }

  open(url: string): void {
    this.#address = new URL(url, this.#address);
  }

  answer(url: string, ...answers: Answerer[]): void {
    this.#answers.set(url, answers);
  }

  /** The requests to an address. */
  to(url: string): Request[] {
    return this.requests.filter((request) => request.url === url);
  }

  async #fetch(request: Request): Promise<Response> {
    this.requests.push(request);
    this.bodies.push(new URLSearchParams(await request.clone().text()));
    const answers = this.#answers.get(request.url);
    const answer = answers && answers.length > 1 ? answers.shift() : answers?.[0];
    if (!answer) throw new TypeError(`nothing answers at ${request.url}`);
    return answer(request);
  }
}

class Channel {
  static readonly all = new Set<Channel>();
  onmessage: ((event: { data: unknown }) => void) | null = null;
  readonly name: string;

  constructor(name: string) {
    this.name = name;
    Channel.all.add(this);
  }

  postMessage(data: unknown): void {
    for (const other of Channel.all) {
      if (other !== this && other.name === this.name) other.onmessage?.({ data });
    }
  }
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Answerer {
  return () => Response.json(body, { status, headers });
}

export function unreachable(): Answerer {
  return () => {
    throw new TypeError("no network");
  };
}

/** Let everything that waits for nothing but its turn have its turn. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((done) => setImmediate(done));
}
