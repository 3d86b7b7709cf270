// test/web_session.test.ts
import assert from "node:assert/strict";
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

// src/web_session.ts
var SAFE = /* @__PURE__ */ new Set(["GET", "HEAD", "OPTIONS"]);
var WebSession = class {
  #base;
  #listeners = new Listeners();
  #refresh = new OneAtATime();
  #csrf;
  #user = null;
  /** `base` is the path that the server is mounted at, where that is not the root. */
  constructor({ base = "" } = {}) {
    this.#base = new URL(base, location.origin).href.replace(/\/$/, "");
    if (new URL(this.#base).origin !== location.origin) throw new DoorwardError("another_origin", this.#base);
  }
  /** Who is signed in; null also before anybody was asked, which `load` does. */
  get user() {
    return this.#user;
  }
  /** Be told of everyone who signs in, and with null of the end. Returns what stops that. */
  onChange(listener) {
    return this.#listeners.add(listener);
  }
  /** Ask who is signed in. */
  async load() {
    const answer = await this.fetch("/v1/web/me");
    if (answer.ok) this.#become(await answer.json());
    else if (answer.status !== 401) throw await DoorwardError.from(answer);
    return this.#user;
  }
  /** Sign in. Throws a DoorwardError: `INVALID_CREDENTIALS`, `TOO_MANY_REQUESTS`, ... */
  async signIn(username, password) {
    const answer = await this.#change("/v1/auth/login_web", { username, password });
    this.#csrf = void 0;
    const { user } = await answer.json();
    this.#become(user);
    return user;
  }
  /** Sign out, here and nowhere else. */
  async signOut() {
    await this.#change("/v1/auth/logout_web", void 0);
    this.#csrf = void 0;
    this.#become(null);
  }
  /** Continue the session, and return whether there is one. `fetch` does it when it must. */
  refresh() {
    return this.#refresh.run(async () => {
      const answer = await this.#send(new Request(this.#url("/v1/auth/refresh_web"), { method: "POST" }));
      if (answer.ok) this.#become((await answer.json()).user);
      else if (answer.status === 401) this.#become(null);
      else throw await DoorwardError.from(answer);
      return answer.ok;
    });
  }
  /**
   * Send a request to this origin, with the token against forgery where it changes something; once more when the
   * session had to be continued. A path is one below `base`.
   */
  async fetch(input, init) {
    const request = new Request(typeof input === "string" && input.startsWith("/") ? this.#url(input) : input, init);
    if (new URL(request.url).origin !== location.origin) throw new DoorwardError("another_origin", request.url);
    const again = request.clone();
    const answer = await this.#send(request);
    return answer.status === 401 && await this.refresh() ? this.#send(again) : answer;
  }
  async #change(path, body) {
    const headers = { "content-type": "application/json" };
    const init = body ? { method: "POST", headers, body: JSON.stringify(body) } : { method: "POST" };
    const answer = await this.#send(new Request(this.#url(path), init));
    if (!answer.ok) throw await DoorwardError.from(answer);
    return answer;
  }
  /** Send a request; a change once more when its token was of another session, as after a sign-in in another tab. */
  async #send(request) {
    if (SAFE.has(request.method)) return fetch(request);
    const again = request.clone();
    const answer = await fetch(await this.#marked(request));
    if (answer.status !== 403) return answer;
    const refused = await DoorwardError.from(answer.clone());
    if (refused.code !== "CSRF_FAILED") return answer;
    this.#csrf = void 0;
    return fetch(await this.#marked(again));
  }
  async #marked(request) {
    this.#csrf ??= this.#newToken();
    request.headers.set("x-csrf-token", await this.#csrf);
    return request;
  }
  async #newToken() {
    try {
      const answer = await ask(this.#url("/v1/auth/csrf"), { cache: "no-store" });
      if (!answer.ok) throw await DoorwardError.from(answer);
      return (await answer.json()).csrf_token;
    } catch (error) {
      this.#csrf = void 0;
      throw error;
    }
  }
  #url(path) {
    return this.#base + path;
  }
  #become(user) {
    const before = this.#user;
    this.#user = user;
    if (before?.id !== user?.id) this.#listeners.tell(user);
  }
};

// test/browser.ts
var HERE = "https://app.example/";
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

// test/web_session.test.ts
var ORIGIN = "https://app.example";
var USER = { id: "1", username: "margaret", email: "m@mail.example", is_verified: true, roles: [], created_at: "" };
var REFUSED = json({ code: "NOT_AUTHENTICATED" }, 401);
var page;
beforeEach(() => {
  page = new Page();
  let tokens = 0;
  page.answer(`${ORIGIN}/v1/auth/csrf`, () => Response.json({ csrf_token: `token-${tokens += 1}` }));
  page.answer(`${ORIGIN}/v1/auth/login_web`, json({ user: USER }));
  page.answer(`${ORIGIN}/v1/auth/logout_web`, () => new Response(null, { status: 204 }));
  page.answer(`${ORIGIN}/v1/auth/refresh_web`, json({ user: USER }));
  page.answer(`${ORIGIN}/v1/web/me`, json(USER));
});
function marks(path) {
  return page.to(ORIGIN + path).map((request) => request.headers.get("x-csrf-token"));
}
test("load says who is signed in", async () => {
  assert.equal((await new WebSession().load())?.username, "margaret");
  assert.deepEqual(marks("/v1/web/me"), [null]);
});
test("load continues a session whose access cookie has ended", async () => {
  page.answer(`${ORIGIN}/v1/web/me`, REFUSED, json(USER));
  assert.equal((await new WebSession().load())?.username, "margaret");
  assert.deepEqual(marks("/v1/auth/refresh_web"), ["token-1"]);
});
test("load of nobody is null", async () => {
  page.answer(`${ORIGIN}/v1/web/me`, REFUSED);
  page.answer(`${ORIGIN}/v1/auth/refresh_web`, REFUSED);
  assert.equal(await new WebSession().load(), null);
});
test("signIn tells who it is, and later changes carry a token of the session", async () => {
  const session = new WebSession();
  const heard = [];
  session.onChange((user) => heard.push(user));
  page.answer(`${ORIGIN}/v1/web/password`, () => new Response(null, { status: 204 }));
  await session.signIn("margaret", "correct horse");
  await session.fetch("/v1/web/password", { method: "PUT", body: "{}" });
  await session.signOut();
  assert.deepEqual(marks("/v1/auth/login_web"), ["token-1"]);
  assert.deepEqual(marks("/v1/web/password"), ["token-2"]);
  assert.deepEqual(marks("/v1/auth/logout_web"), ["token-2"]);
  assert.deepEqual(heard.map((user) => user?.username), ["margaret", void 0]);
});
test("signIn that is refused says why", async () => {
  page.answer(`${ORIGIN}/v1/auth/login_web`, json({ code: "INVALID_CREDENTIALS", detail: "No." }, 401));
  await assert.rejects(
    new WebSession().signIn("margaret", "wrong"),
    (error) => error instanceof DoorwardError && error.code === "INVALID_CREDENTIALS" && error.status === 401
  );
});
test("fetch gets a new token when the one it has is of another session, once", async () => {
  page.answer(`${ORIGIN}/v1/web/sessions`, json({ code: "CSRF_FAILED" }, 403));
  const answer = await new WebSession().fetch("/v1/web/sessions", { method: "DELETE" });
  assert.equal(answer.status, 403);
  assert.deepEqual(marks("/v1/web/sessions"), ["token-1", "token-2"]);
});
test("fetch that is forbidden for another reason is not repeated", async () => {
  page.answer(`${ORIGIN}/v1/web/sessions`, json({ code: "FORBIDDEN" }, 403));
  await new WebSession().fetch("/v1/web/sessions", { method: "DELETE" });
  assert.deepEqual(marks("/v1/web/sessions"), ["token-1"]);
});
test("fetches share one refresh and one token", async () => {
  page.answer(`${ORIGIN}/v1/web/sessions`, REFUSED, REFUSED, json([]));
  const session = new WebSession();
  const answers = await Promise.all([session.fetch("/v1/web/sessions"), session.fetch("/v1/web/sessions")]);
  assert.deepEqual(answers.map((answer) => answer.status), [200, 200]);
  assert.equal(page.to(`${ORIGIN}/v1/auth/refresh_web`).length, 1);
});
test("fetch goes nowhere else", async () => {
  for (const url of ["https://evil.example/", "//evil.example/", "https://app.example:8443/"]) {
    await assert.rejects(
      new WebSession().fetch(new URL(url, ORIGIN)),
      (error) => error instanceof DoorwardError && error.code === "another_origin"
    );
  }
  assert.throws(() => new WebSession({ base: "https://evil.example" }), DoorwardError);
  assert.equal(page.requests.length, 0);
});
test("base is the path that the server is mounted at", async () => {
  page.answer(`${ORIGIN}/auth/v1/web/me`, json(USER));
  assert.equal((await new WebSession({ base: "/auth" }).load())?.username, "margaret");
});
test("a token that could not be had is asked for again the next time", async () => {
  page.answer(`${ORIGIN}/v1/auth/csrf`, json({ code: "SERVICE_UNAVAILABLE" }, 503), json({ csrf_token: "token" }));
  const session = new WebSession();
  await assert.rejects(session.signIn("margaret", "correct horse"), DoorwardError);
  assert.equal((await session.signIn("margaret", "correct horse")).username, "margaret");
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiLi4vLi4vdGVzdC93ZWJfc2Vzc2lvbi50ZXN0LnRzIiwgIi4uLy4uL3NyYy9jaGFuZ2UudHMiLCAiLi4vLi4vc3JjL2Vycm9ycy50cyIsICIuLi8uLi9zcmMvd2ViX3Nlc3Npb24udHMiLCAiLi4vLi4vdGVzdC9icm93c2VyLnRzIl0sCiAgInNvdXJjZXNDb250ZW50IjogWyJpbXBvcnQgYXNzZXJ0IGZyb20gXCJub2RlOmFzc2VydC9zdHJpY3RcIjtcbmltcG9ydCB7IGJlZm9yZUVhY2gsIHRlc3QgfSBmcm9tIFwibm9kZTp0ZXN0XCI7XG5pbXBvcnQgeyBEb29yd2FyZEVycm9yLCBXZWJTZXNzaW9uLCB0eXBlIFdlYlVzZXIgfSBmcm9tIFwiLi4vc3JjL2luZGV4LmpzXCI7XG5pbXBvcnQgeyBqc29uLCBQYWdlIH0gZnJvbSBcIi4vYnJvd3Nlci5qc1wiO1xuXG5jb25zdCBPUklHSU4gPSBcImh0dHBzOi8vYXBwLmV4YW1wbGVcIjtcbmNvbnN0IFVTRVI6IFdlYlVzZXIgPSB7IGlkOiBcIjFcIiwgdXNlcm5hbWU6IFwibWFyZ2FyZXRcIiwgZW1haWw6IFwibUBtYWlsLmV4YW1wbGVcIiwgaXNfdmVyaWZpZWQ6IHRydWUsIHJvbGVzOiBbXSwgY3JlYXRlZF9hdDogXCJcIiB9O1xuY29uc3QgUkVGVVNFRCA9IGpzb24oeyBjb2RlOiBcIk5PVF9BVVRIRU5USUNBVEVEXCIgfSwgNDAxKTtcblxubGV0IHBhZ2U6IFBhZ2U7XG5cbmJlZm9yZUVhY2goKCkgPT4ge1xuICBwYWdlID0gbmV3IFBhZ2UoKTtcbiAgbGV0IHRva2VucyA9IDA7XG4gIHBhZ2UuYW5zd2VyKGAke09SSUdJTn0vdjEvYXV0aC9jc3JmYCwgKCkgPT4gUmVzcG9uc2UuanNvbih7IGNzcmZfdG9rZW46IGB0b2tlbi0keyh0b2tlbnMgKz0gMSl9YCB9KSk7XG4gIHBhZ2UuYW5zd2VyKGAke09SSUdJTn0vdjEvYXV0aC9sb2dpbl93ZWJgLCBqc29uKHsgdXNlcjogVVNFUiB9KSk7XG4gIHBhZ2UuYW5zd2VyKGAke09SSUdJTn0vdjEvYXV0aC9sb2dvdXRfd2ViYCwgKCkgPT4gbmV3IFJlc3BvbnNlKG51bGwsIHsgc3RhdHVzOiAyMDQgfSkpO1xuICBwYWdlLmFuc3dlcihgJHtPUklHSU59L3YxL2F1dGgvcmVmcmVzaF93ZWJgLCBqc29uKHsgdXNlcjogVVNFUiB9KSk7XG4gIHBhZ2UuYW5zd2VyKGAke09SSUdJTn0vdjEvd2ViL21lYCwganNvbihVU0VSKSk7XG59KTtcblxuZnVuY3Rpb24gbWFya3MocGF0aDogc3RyaW5nKTogKHN0cmluZyB8IG51bGwpW10ge1xuICByZXR1cm4gcGFnZS50byhPUklHSU4gKyBwYXRoKS5tYXAoKHJlcXVlc3QpID0+IHJlcXVlc3QuaGVhZGVycy5nZXQoXCJ4LWNzcmYtdG9rZW5cIikpO1xufVxuXG50ZXN0KFwibG9hZCBzYXlzIHdobyBpcyBzaWduZWQgaW5cIiwgYXN5bmMgKCkgPT4ge1xuICBhc3NlcnQuZXF1YWwoKGF3YWl0IG5ldyBXZWJTZXNzaW9uKCkubG9hZCgpKT8udXNlcm5hbWUsIFwibWFyZ2FyZXRcIik7XG4gIGFzc2VydC5kZWVwRXF1YWwobWFya3MoXCIvdjEvd2ViL21lXCIpLCBbbnVsbF0pO1xufSk7XG5cbnRlc3QoXCJsb2FkIGNvbnRpbnVlcyBhIHNlc3Npb24gd2hvc2UgYWNjZXNzIGNvb2tpZSBoYXMgZW5kZWRcIiwgYXN5bmMgKCkgPT4ge1xuICBwYWdlLmFuc3dlcihgJHtPUklHSU59L3YxL3dlYi9tZWAsIFJFRlVTRUQsIGpzb24oVVNFUikpO1xuXG4gIGFzc2VydC5lcXVhbCgoYXdhaXQgbmV3IFdlYlNlc3Npb24oKS5sb2FkKCkpPy51c2VybmFtZSwgXCJtYXJnYXJldFwiKTtcbiAgYXNzZXJ0LmRlZXBFcXVhbChtYXJrcyhcIi92MS9hdXRoL3JlZnJlc2hfd2ViXCIpLCBbXCJ0b2tlbi0xXCJdKTtcbn0pO1xuXG50ZXN0KFwibG9hZCBvZiBub2JvZHkgaXMgbnVsbFwiLCBhc3luYyAoKSA9PiB7XG4gIHBhZ2UuYW5zd2VyKGAke09SSUdJTn0vdjEvd2ViL21lYCwgUkVGVVNFRCk7XG4gIHBhZ2UuYW5zd2VyKGAke09SSUdJTn0vdjEvYXV0aC9yZWZyZXNoX3dlYmAsIFJFRlVTRUQpO1xuXG4gIGFzc2VydC5lcXVhbChhd2FpdCBuZXcgV2ViU2Vzc2lvbigpLmxvYWQoKSwgbnVsbCk7XG59KTtcblxudGVzdChcInNpZ25JbiB0ZWxscyB3aG8gaXQgaXMsIGFuZCBsYXRlciBjaGFuZ2VzIGNhcnJ5IGEgdG9rZW4gb2YgdGhlIHNlc3Npb25cIiwgYXN5bmMgKCkgPT4ge1xuICBjb25zdCBzZXNzaW9uID0gbmV3IFdlYlNlc3Npb24oKTtcbiAgY29uc3QgaGVhcmQ6IChXZWJVc2VyIHwgbnVsbClbXSA9IFtdO1xuICBzZXNzaW9uLm9uQ2hhbmdlKCh1c2VyKSA9PiBoZWFyZC5wdXNoKHVzZXIpKTtcbiAgcGFnZS5hbnN3ZXIoYCR7T1JJR0lOfS92MS93ZWIvcGFzc3dvcmRgLCAoKSA9PiBuZXcgUmVzcG9uc2UobnVsbCwgeyBzdGF0dXM6IDIwNCB9KSk7XG5cbiAgYXdhaXQgc2Vzc2lvbi5zaWduSW4oXCJtYXJnYXJldFwiLCBcImNvcnJlY3QgaG9yc2VcIik7XG4gIGF3YWl0IHNlc3Npb24uZmV0Y2goXCIvdjEvd2ViL3Bhc3N3b3JkXCIsIHsgbWV0aG9kOiBcIlBVVFwiLCBib2R5OiBcInt9XCIgfSk7XG4gIGF3YWl0IHNlc3Npb24uc2lnbk91dCgpO1xuXG4gIGFzc2VydC5kZWVwRXF1YWwobWFya3MoXCIvdjEvYXV0aC9sb2dpbl93ZWJcIiksIFtcInRva2VuLTFcIl0pO1xuICBhc3NlcnQuZGVlcEVxdWFsKG1hcmtzKFwiL3YxL3dlYi9wYXNzd29yZFwiKSwgW1widG9rZW4tMlwiXSk7XG4gIGFzc2VydC5kZWVwRXF1YWwobWFya3MoXCIvdjEvYXV0aC9sb2dvdXRfd2ViXCIpLCBbXCJ0b2tlbi0yXCJdKTtcbiAgYXNzZXJ0LmRlZXBFcXVhbChoZWFyZC5tYXAoKHVzZXIpID0+IHVzZXI/LnVzZXJuYW1lKSwgW1wibWFyZ2FyZXRcIiwgdW5kZWZpbmVkXSk7XG59KTtcblxudGVzdChcInNpZ25JbiB0aGF0IGlzIHJlZnVzZWQgc2F5cyB3aHlcIiwgYXN5bmMgKCkgPT4ge1xuICBwYWdlLmFuc3dlcihgJHtPUklHSU59L3YxL2F1dGgvbG9naW5fd2ViYCwganNvbih7IGNvZGU6IFwiSU5WQUxJRF9DUkVERU5USUFMU1wiLCBkZXRhaWw6IFwiTm8uXCIgfSwgNDAxKSk7XG5cbiAgYXdhaXQgYXNzZXJ0LnJlamVjdHMoXG4gICAgbmV3IFdlYlNlc3Npb24oKS5zaWduSW4oXCJtYXJnYXJldFwiLCBcIndyb25nXCIpLFxuICAgIChlcnJvcjogdW5rbm93bikgPT4gZXJyb3IgaW5zdGFuY2VvZiBEb29yd2FyZEVycm9yICYmIGVycm9yLmNvZGUgPT09IFwiSU5WQUxJRF9DUkVERU5USUFMU1wiICYmIGVycm9yLnN0YXR1cyA9PT0gNDAxLFxuICApO1xufSk7XG5cbnRlc3QoXCJmZXRjaCBnZXRzIGEgbmV3IHRva2VuIHdoZW4gdGhlIG9uZSBpdCBoYXMgaXMgb2YgYW5vdGhlciBzZXNzaW9uLCBvbmNlXCIsIGFzeW5jICgpID0+IHtcbiAgcGFnZS5hbnN3ZXIoYCR7T1JJR0lOfS92MS93ZWIvc2Vzc2lvbnNgLCBqc29uKHsgY29kZTogXCJDU1JGX0ZBSUxFRFwiIH0sIDQwMykpO1xuXG4gIGNvbnN0IGFuc3dlciA9IGF3YWl0IG5ldyBXZWJTZXNzaW9uKCkuZmV0Y2goXCIvdjEvd2ViL3Nlc3Npb25zXCIsIHsgbWV0aG9kOiBcIkRFTEVURVwiIH0pO1xuXG4gIGFzc2VydC5lcXVhbChhbnN3ZXIuc3RhdHVzLCA0MDMpO1xuICBhc3NlcnQuZGVlcEVxdWFsKG1hcmtzKFwiL3YxL3dlYi9zZXNzaW9uc1wiKSwgW1widG9rZW4tMVwiLCBcInRva2VuLTJcIl0pO1xufSk7XG5cbnRlc3QoXCJmZXRjaCB0aGF0IGlzIGZvcmJpZGRlbiBmb3IgYW5vdGhlciByZWFzb24gaXMgbm90IHJlcGVhdGVkXCIsIGFzeW5jICgpID0+IHtcbiAgcGFnZS5hbnN3ZXIoYCR7T1JJR0lOfS92MS93ZWIvc2Vzc2lvbnNgLCBqc29uKHsgY29kZTogXCJGT1JCSURERU5cIiB9LCA0MDMpKTtcblxuICBhd2FpdCBuZXcgV2ViU2Vzc2lvbigpLmZldGNoKFwiL3YxL3dlYi9zZXNzaW9uc1wiLCB7IG1ldGhvZDogXCJERUxFVEVcIiB9KTtcblxuICBhc3NlcnQuZGVlcEVxdWFsKG1hcmtzKFwiL3YxL3dlYi9zZXNzaW9uc1wiKSwgW1widG9rZW4tMVwiXSk7XG59KTtcblxudGVzdChcImZldGNoZXMgc2hhcmUgb25lIHJlZnJlc2ggYW5kIG9uZSB0b2tlblwiLCBhc3luYyAoKSA9PiB7XG4gIHBhZ2UuYW5zd2VyKGAke09SSUdJTn0vdjEvd2ViL3Nlc3Npb25zYCwgUkVGVVNFRCwgUkVGVVNFRCwganNvbihbXSkpO1xuICBjb25zdCBzZXNzaW9uID0gbmV3IFdlYlNlc3Npb24oKTtcblxuICBjb25zdCBhbnN3ZXJzID0gYXdhaXQgUHJvbWlzZS5hbGwoW3Nlc3Npb24uZmV0Y2goXCIvdjEvd2ViL3Nlc3Npb25zXCIpLCBzZXNzaW9uLmZldGNoKFwiL3YxL3dlYi9zZXNzaW9uc1wiKV0pO1xuXG4gIGFzc2VydC5kZWVwRXF1YWwoYW5zd2Vycy5tYXAoKGFuc3dlcikgPT4gYW5zd2VyLnN0YXR1cyksIFsyMDAsIDIwMF0pO1xuICBhc3NlcnQuZXF1YWwocGFnZS50byhgJHtPUklHSU59L3YxL2F1dGgvcmVmcmVzaF93ZWJgKS5sZW5ndGgsIDEpO1xufSk7XG5cbnRlc3QoXCJmZXRjaCBnb2VzIG5vd2hlcmUgZWxzZVwiLCBhc3luYyAoKSA9PiB7XG4gIGZvciAoY29uc3QgdXJsIG9mIFtcImh0dHBzOi8vZXZpbC5leGFtcGxlL1wiLCBcIi8vZXZpbC5leGFtcGxlL1wiLCBcImh0dHBzOi8vYXBwLmV4YW1wbGU6ODQ0My9cIl0pIHtcbiAgICBhd2FpdCBhc3NlcnQucmVqZWN0cyhcbiAgICAgIG5ldyBXZWJTZXNzaW9uKCkuZmV0Y2gobmV3IFVSTCh1cmwsIE9SSUdJTikpLFxuICAgICAgKGVycm9yOiB1bmtub3duKSA9PiBlcnJvciBpbnN0YW5jZW9mIERvb3J3YXJkRXJyb3IgJiYgZXJyb3IuY29kZSA9PT0gXCJhbm90aGVyX29yaWdpblwiLFxuICAgICk7XG4gIH1cbiAgYXNzZXJ0LnRocm93cygoKSA9PiBuZXcgV2ViU2Vzc2lvbih7IGJhc2U6IFwiaHR0cHM6Ly9ldmlsLmV4YW1wbGVcIiB9KSwgRG9vcndhcmRFcnJvcik7XG4gIGFzc2VydC5lcXVhbChwYWdlLnJlcXVlc3RzLmxlbmd0aCwgMCk7XG59KTtcblxudGVzdChcImJhc2UgaXMgdGhlIHBhdGggdGhhdCB0aGUgc2VydmVyIGlzIG1vdW50ZWQgYXRcIiwgYXN5bmMgKCkgPT4ge1xuICBwYWdlLmFuc3dlcihgJHtPUklHSU59L2F1dGgvdjEvd2ViL21lYCwganNvbihVU0VSKSk7XG5cbiAgYXNzZXJ0LmVxdWFsKChhd2FpdCBuZXcgV2ViU2Vzc2lvbih7IGJhc2U6IFwiL2F1dGhcIiB9KS5sb2FkKCkpPy51c2VybmFtZSwgXCJtYXJnYXJldFwiKTtcbn0pO1xuXG50ZXN0KFwiYSB0b2tlbiB0aGF0IGNvdWxkIG5vdCBiZSBoYWQgaXMgYXNrZWQgZm9yIGFnYWluIHRoZSBuZXh0IHRpbWVcIiwgYXN5bmMgKCkgPT4ge1xuICBwYWdlLmFuc3dlcihgJHtPUklHSU59L3YxL2F1dGgvY3NyZmAsIGpzb24oeyBjb2RlOiBcIlNFUlZJQ0VfVU5BVkFJTEFCTEVcIiB9LCA1MDMpLCBqc29uKHsgY3NyZl90b2tlbjogXCJ0b2tlblwiIH0pKTtcbiAgY29uc3Qgc2Vzc2lvbiA9IG5ldyBXZWJTZXNzaW9uKCk7XG5cbiAgYXdhaXQgYXNzZXJ0LnJlamVjdHMoc2Vzc2lvbi5zaWduSW4oXCJtYXJnYXJldFwiLCBcImNvcnJlY3QgaG9yc2VcIiksIERvb3J3YXJkRXJyb3IpO1xuICBhc3NlcnQuZXF1YWwoKGF3YWl0IHNlc3Npb24uc2lnbkluKFwibWFyZ2FyZXRcIiwgXCJjb3JyZWN0IGhvcnNlXCIpKS51c2VybmFtZSwgXCJtYXJnYXJldFwiKTtcbn0pO1xuIiwgIi8qKiBXaG9ldmVyIHdhbnRzIHRvIGtub3cgd2hvIGlzIHNpZ25lZCBpbi4gKi9cbmV4cG9ydCBjbGFzcyBMaXN0ZW5lcnM8V2hvPiB7XG4gIHJlYWRvbmx5ICNhbGwgPSBuZXcgU2V0PCh3aG86IFdobyB8IG51bGwpID0+IHZvaWQ+KCk7XG5cbiAgLyoqIEFkZCBvbmUsIGFuZCByZXR1cm4gd2hhdCB0YWtlcyBpdCBhd2F5IGFnYWluLiAqL1xuICBhZGQobGlzdGVuZXI6ICh3aG86IFdobyB8IG51bGwpID0+IHZvaWQpOiAoKSA9PiB2b2lkIHtcbiAgICB0aGlzLiNhbGwuYWRkKGxpc3RlbmVyKTtcbiAgICByZXR1cm4gKCkgPT4gdm9pZCB0aGlzLiNhbGwuZGVsZXRlKGxpc3RlbmVyKTtcbiAgfVxuXG4gIHRlbGwod2hvOiBXaG8gfCBudWxsKTogdm9pZCB7XG4gICAgZm9yIChjb25zdCBsaXN0ZW5lciBvZiBbLi4udGhpcy4jYWxsXSkgbGlzdGVuZXIod2hvKTtcbiAgfVxufVxuXG4vKiogUnVucyBvbmUgb2YgYSBraW5kIGF0IGEgdGltZTogd2hvZXZlciBhc2tzIHdoaWxlIGl0IHJ1bnMgd2FpdHMgZm9yIHRoZSBzYW1lIG9uZS4gKi9cbmV4cG9ydCBjbGFzcyBPbmVBdEFUaW1lPFJlc3VsdD4ge1xuICAjZmxpZ2h0OiBQcm9taXNlPFJlc3VsdD4gfCB1bmRlZmluZWQ7XG5cbiAgcnVuKHN0YXJ0OiAoKSA9PiBQcm9taXNlPFJlc3VsdD4pOiBQcm9taXNlPFJlc3VsdD4ge1xuICAgIHRoaXMuI2ZsaWdodCA/Pz0gc3RhcnQoKS5maW5hbGx5KCgpID0+IHtcbiAgICAgIHRoaXMuI2ZsaWdodCA9IHVuZGVmaW5lZDtcbiAgICB9KTtcbiAgICByZXR1cm4gdGhpcy4jZmxpZ2h0O1xuICB9XG5cbiAgLyoqIFJ1biB3aGVuIHRoZSBvbmUgdW5kZXIgd2F5IGhhcyBlbmRlZCwgaG93ZXZlciBpdCBkaWQuICovXG4gIGFzeW5jIGFmdGVyKHN0YXJ0OiAoKSA9PiBQcm9taXNlPFJlc3VsdD4pOiBQcm9taXNlPFJlc3VsdD4ge1xuICAgIHdoaWxlICh0aGlzLiNmbGlnaHQpIGF3YWl0IHRoaXMuI2ZsaWdodC5jYXRjaCgoKSA9PiB1bmRlZmluZWQpO1xuICAgIHJldHVybiB0aGlzLnJ1bihzdGFydCk7XG4gIH1cbn1cblxuLyoqIFNlbmQgYSByZXF1ZXN0LCBhbmQgb25jZSBtb3JlIGlmIG5vIGFuc3dlciBjYW1lOiB3aGF0IHdhcyBzZW50IGlzIGdvb2QgZm9yIHRoYXQuICovXG5leHBvcnQgYXN5bmMgZnVuY3Rpb24gYXNrKHVybDogc3RyaW5nLCBpbml0OiBSZXF1ZXN0SW5pdCk6IFByb21pc2U8UmVzcG9uc2U+IHtcbiAgdHJ5IHtcbiAgICByZXR1cm4gYXdhaXQgZmV0Y2godXJsLCBpbml0KTtcbiAgfSBjYXRjaCB7XG4gICAgcmV0dXJuIGZldGNoKHVybCwgaW5pdCk7XG4gIH1cbn1cbiIsICIvKiogU29tZXRoaW5nIHdhcyByZWZ1c2VkLiBgY29kZWAgaXMgdGhlIHNlcnZlcidzIHdvcmQgZm9yIGl0LCBvciBvbmUgb2Ygb3Vycywgd2hpY2ggYXJlIGxpc3RlZCB3aGVyZSB0aGV5IGFyZSB0aHJvd24uICovXG5leHBvcnQgY2xhc3MgRG9vcndhcmRFcnJvciBleHRlbmRzIEVycm9yIHtcbiAgb3ZlcnJpZGUgcmVhZG9ubHkgbmFtZSA9IFwiRG9vcndhcmRFcnJvclwiO1xuICByZWFkb25seSBjb2RlOiBzdHJpbmc7XG4gIC8qKiBUaGUgc3RhdHVzIG9mIHRoZSBhbnN3ZXI7IDAgd2hlcmUgdGhlcmUgd2FzIG5vbmUgdG8gYmUgcmVhZC4gKi9cbiAgcmVhZG9ubHkgc3RhdHVzOiBudW1iZXI7XG4gIC8qKiBIb3cgbG9uZyB0byB3YWl0IGJlZm9yZSBpdCBpcyB3b3J0aCBhbm90aGVyIHRyeSwgaW4gc2Vjb25kcy4gKi9cbiAgcmVhZG9ubHkgcmV0cnlBZnRlcjogbnVtYmVyIHwgdW5kZWZpbmVkO1xuXG4gIGNvbnN0cnVjdG9yKGNvZGU6IHN0cmluZywgbWVzc2FnZSA9IFwiXCIsIHN0YXR1cyA9IDAsIHJldHJ5QWZ0ZXI/OiBudW1iZXIpIHtcbiAgICBzdXBlcihtZXNzYWdlID8gYCR7Y29kZX06ICR7bWVzc2FnZX1gIDogY29kZSk7XG4gICAgdGhpcy5jb2RlID0gY29kZTtcbiAgICB0aGlzLnN0YXR1cyA9IHN0YXR1cztcbiAgICB0aGlzLnJldHJ5QWZ0ZXIgPSByZXRyeUFmdGVyO1xuICB9XG5cbiAgLyoqIFJldHVybiB3aGF0IGFuIGFuc3dlciB0aGF0IHJlZnVzZXMgc2F5cywgd2hldGhlciBhcyBSRkMgNjc0OSBoYXMgaXQgb3IgYXMgUkZDIDk0NTcgZG9lcy4gKi9cbiAgc3RhdGljIGFzeW5jIGZyb20oYW5zd2VyOiBSZXNwb25zZSk6IFByb21pc2U8RG9vcndhcmRFcnJvcj4ge1xuICAgIGNvbnN0IHNhaWQ6IHsgZXJyb3I/OiBzdHJpbmc7IGVycm9yX2Rlc2NyaXB0aW9uPzogc3RyaW5nOyBjb2RlPzogc3RyaW5nOyBkZXRhaWw/OiBzdHJpbmcgfSA9IGF3YWl0IGFuc3dlclxuICAgICAgLmpzb24oKVxuICAgICAgLmNhdGNoKCgpID0+ICh7fSkpO1xuICAgIGNvbnN0IHdhaXQgPSBOdW1iZXIoYW5zd2VyLmhlYWRlcnMuZ2V0KFwicmV0cnktYWZ0ZXJcIikpIHx8IHVuZGVmaW5lZDtcbiAgICBjb25zdCBjb2RlID0gc2FpZC5lcnJvciA/PyBzYWlkLmNvZGUgPz8gXCJ1bnJlYWRhYmxlXCI7XG4gICAgcmV0dXJuIG5ldyBEb29yd2FyZEVycm9yKGNvZGUsIHNhaWQuZXJyb3JfZGVzY3JpcHRpb24gPz8gc2FpZC5kZXRhaWwsIGFuc3dlci5zdGF0dXMsIHdhaXQpO1xuICB9XG59XG4iLCAiaW1wb3J0IHsgYXNrLCBMaXN0ZW5lcnMsIE9uZUF0QVRpbWUgfSBmcm9tIFwiLi9jaGFuZ2UuanNcIjtcbmltcG9ydCB7IERvb3J3YXJkRXJyb3IgfSBmcm9tIFwiLi9lcnJvcnMuanNcIjtcblxuLyoqIFdoYXQgYW4gYWNjb3VudCBzaG93cyBvZiBpdHNlbGYgdG8gaXRzIG93bmVyLiAqL1xuZXhwb3J0IGludGVyZmFjZSBXZWJVc2VyIHtcbiAgcmVhZG9ubHkgaWQ6IHN0cmluZztcbiAgcmVhZG9ubHkgdXNlcm5hbWU6IHN0cmluZztcbiAgcmVhZG9ubHkgZW1haWw6IHN0cmluZztcbiAgcmVhZG9ubHkgaXNfdmVyaWZpZWQ6IGJvb2xlYW47XG4gIHJlYWRvbmx5IHJvbGVzOiByZWFkb25seSBzdHJpbmdbXTtcbiAgcmVhZG9ubHkgY3JlYXRlZF9hdDogc3RyaW5nO1xufVxuXG5jb25zdCBTQUZFID0gbmV3IFNldChbXCJHRVRcIiwgXCJIRUFEXCIsIFwiT1BUSU9OU1wiXSk7XG5cbi8qKlxuICogRm9yIHBhZ2VzIG9uIHRoZSBzZXJ2ZXIncyBvd24gb3JpZ2luOiB0aGUgd2hvbGUgc2Vzc2lvbiBpcyBpbiBjb29raWVzIHRoYXQgbm8gc2NyaXB0IHNlZXMsIGFuZCBldmVyeSBjaGFuZ2UgY2FycmllcyBhXG4gKiB0b2tlbiBhZ2FpbnN0IGZvcmdlcnkuIE5vIGFwcGxpY2F0aW9uLCBubyByZWRpcmVjdCwgbm8gYWNjZXNzIHRva2VuLlxuICovXG5leHBvcnQgY2xhc3MgV2ViU2Vzc2lvbiB7XG4gIHJlYWRvbmx5ICNiYXNlOiBzdHJpbmc7XG4gIHJlYWRvbmx5ICNsaXN0ZW5lcnMgPSBuZXcgTGlzdGVuZXJzPFdlYlVzZXI+KCk7XG4gIHJlYWRvbmx5ICNyZWZyZXNoID0gbmV3IE9uZUF0QVRpbWU8Ym9vbGVhbj4oKTtcbiAgI2NzcmY6IFByb21pc2U8c3RyaW5nPiB8IHVuZGVmaW5lZDtcbiAgI3VzZXI6IFdlYlVzZXIgfCBudWxsID0gbnVsbDtcblxuICAvKiogYGJhc2VgIGlzIHRoZSBwYXRoIHRoYXQgdGhlIHNlcnZlciBpcyBtb3VudGVkIGF0LCB3aGVyZSB0aGF0IGlzIG5vdCB0aGUgcm9vdC4gKi9cbiAgY29uc3RydWN0b3IoeyBiYXNlID0gXCJcIiB9OiB7IGJhc2U/OiBzdHJpbmcgfSA9IHt9KSB7XG4gICAgdGhpcy4jYmFzZSA9IG5ldyBVUkwoYmFzZSwgbG9jYXRpb24ub3JpZ2luKS5ocmVmLnJlcGxhY2UoL1xcLyQvLCBcIlwiKTtcbiAgICBpZiAobmV3IFVSTCh0aGlzLiNiYXNlKS5vcmlnaW4gIT09IGxvY2F0aW9uLm9yaWdpbikgdGhyb3cgbmV3IERvb3J3YXJkRXJyb3IoXCJhbm90aGVyX29yaWdpblwiLCB0aGlzLiNiYXNlKTtcbiAgfVxuXG4gIC8qKiBXaG8gaXMgc2lnbmVkIGluOyBudWxsIGFsc28gYmVmb3JlIGFueWJvZHkgd2FzIGFza2VkLCB3aGljaCBgbG9hZGAgZG9lcy4gKi9cbiAgZ2V0IHVzZXIoKTogV2ViVXNlciB8IG51bGwge1xuICAgIHJldHVybiB0aGlzLiN1c2VyO1xuICB9XG5cbiAgLyoqIEJlIHRvbGQgb2YgZXZlcnlvbmUgd2hvIHNpZ25zIGluLCBhbmQgd2l0aCBudWxsIG9mIHRoZSBlbmQuIFJldHVybnMgd2hhdCBzdG9wcyB0aGF0LiAqL1xuICBvbkNoYW5nZShsaXN0ZW5lcjogKHVzZXI6IFdlYlVzZXIgfCBudWxsKSA9PiB2b2lkKTogKCkgPT4gdm9pZCB7XG4gICAgcmV0dXJuIHRoaXMuI2xpc3RlbmVycy5hZGQobGlzdGVuZXIpO1xuICB9XG5cbiAgLyoqIEFzayB3aG8gaXMgc2lnbmVkIGluLiAqL1xuICBhc3luYyBsb2FkKCk6IFByb21pc2U8V2ViVXNlciB8IG51bGw+IHtcbiAgICBjb25zdCBhbnN3ZXIgPSBhd2FpdCB0aGlzLmZldGNoKFwiL3YxL3dlYi9tZVwiKTtcbiAgICBpZiAoYW5zd2VyLm9rKSB0aGlzLiNiZWNvbWUoYXdhaXQgYW5zd2VyLmpzb24oKSk7XG4gICAgZWxzZSBpZiAoYW5zd2VyLnN0YXR1cyAhPT0gNDAxKSB0aHJvdyBhd2FpdCBEb29yd2FyZEVycm9yLmZyb20oYW5zd2VyKTtcbiAgICByZXR1cm4gdGhpcy4jdXNlcjtcbiAgfVxuXG4gIC8qKiBTaWduIGluLiBUaHJvd3MgYSBEb29yd2FyZEVycm9yOiBgSU5WQUxJRF9DUkVERU5USUFMU2AsIGBUT09fTUFOWV9SRVFVRVNUU2AsIC4uLiAqL1xuICBhc3luYyBzaWduSW4odXNlcm5hbWU6IHN0cmluZywgcGFzc3dvcmQ6IHN0cmluZyk6IFByb21pc2U8V2ViVXNlcj4ge1xuICAgIGNvbnN0IGFuc3dlciA9IGF3YWl0IHRoaXMuI2NoYW5nZShcIi92MS9hdXRoL2xvZ2luX3dlYlwiLCB7IHVzZXJuYW1lLCBwYXNzd29yZCB9KTtcbiAgICB0aGlzLiNjc3JmID0gdW5kZWZpbmVkOyAvLyB0aGUgbmV4dCBvbmUgaXMgYm91bmQgdG8gdGhlIHNlc3Npb25cbiAgICBjb25zdCB7IHVzZXIgfTogeyB1c2VyOiBXZWJVc2VyIH0gPSBhd2FpdCBhbnN3ZXIuanNvbigpO1xuICAgIHRoaXMuI2JlY29tZSh1c2VyKTtcbiAgICByZXR1cm4gdXNlcjtcbiAgfVxuXG4gIC8qKiBTaWduIG91dCwgaGVyZSBhbmQgbm93aGVyZSBlbHNlLiAqL1xuICBhc3luYyBzaWduT3V0KCk6IFByb21pc2U8dm9pZD4ge1xuICAgIGF3YWl0IHRoaXMuI2NoYW5nZShcIi92MS9hdXRoL2xvZ291dF93ZWJcIiwgdW5kZWZpbmVkKTtcbiAgICB0aGlzLiNjc3JmID0gdW5kZWZpbmVkO1xuICAgIHRoaXMuI2JlY29tZShudWxsKTtcbiAgfVxuXG4gIC8qKiBDb250aW51ZSB0aGUgc2Vzc2lvbiwgYW5kIHJldHVybiB3aGV0aGVyIHRoZXJlIGlzIG9uZS4gYGZldGNoYCBkb2VzIGl0IHdoZW4gaXQgbXVzdC4gKi9cbiAgcmVmcmVzaCgpOiBQcm9taXNlPGJvb2xlYW4+IHtcbiAgICByZXR1cm4gdGhpcy4jcmVmcmVzaC5ydW4oYXN5bmMgKCkgPT4ge1xuICAgICAgY29uc3QgYW5zd2VyID0gYXdhaXQgdGhpcy4jc2VuZChuZXcgUmVxdWVzdCh0aGlzLiN1cmwoXCIvdjEvYXV0aC9yZWZyZXNoX3dlYlwiKSwgeyBtZXRob2Q6IFwiUE9TVFwiIH0pKTtcbiAgICAgIGlmIChhbnN3ZXIub2spIHRoaXMuI2JlY29tZSgoKGF3YWl0IGFuc3dlci5qc29uKCkpIGFzIHsgdXNlcjogV2ViVXNlciB9KS51c2VyKTtcbiAgICAgIGVsc2UgaWYgKGFuc3dlci5zdGF0dXMgPT09IDQwMSkgdGhpcy4jYmVjb21lKG51bGwpO1xuICAgICAgZWxzZSB0aHJvdyBhd2FpdCBEb29yd2FyZEVycm9yLmZyb20oYW5zd2VyKTtcbiAgICAgIHJldHVybiBhbnN3ZXIub2s7XG4gICAgfSk7XG4gIH1cblxuICAvKipcbiAgICogU2VuZCBhIHJlcXVlc3QgdG8gdGhpcyBvcmlnaW4sIHdpdGggdGhlIHRva2VuIGFnYWluc3QgZm9yZ2VyeSB3aGVyZSBpdCBjaGFuZ2VzIHNvbWV0aGluZzsgb25jZSBtb3JlIHdoZW4gdGhlXG4gICAqIHNlc3Npb24gaGFkIHRvIGJlIGNvbnRpbnVlZC4gQSBwYXRoIGlzIG9uZSBiZWxvdyBgYmFzZWAuXG4gICAqL1xuICBhc3luYyBmZXRjaChpbnB1dDogUmVxdWVzdEluZm8gfCBVUkwsIGluaXQ/OiBSZXF1ZXN0SW5pdCk6IFByb21pc2U8UmVzcG9uc2U+IHtcbiAgICBjb25zdCByZXF1ZXN0ID0gbmV3IFJlcXVlc3QodHlwZW9mIGlucHV0ID09PSBcInN0cmluZ1wiICYmIGlucHV0LnN0YXJ0c1dpdGgoXCIvXCIpID8gdGhpcy4jdXJsKGlucHV0KSA6IGlucHV0LCBpbml0KTtcbiAgICBpZiAobmV3IFVSTChyZXF1ZXN0LnVybCkub3JpZ2luICE9PSBsb2NhdGlvbi5vcmlnaW4pIHRocm93IG5ldyBEb29yd2FyZEVycm9yKFwiYW5vdGhlcl9vcmlnaW5cIiwgcmVxdWVzdC51cmwpO1xuICAgIGNvbnN0IGFnYWluID0gcmVxdWVzdC5jbG9uZSgpO1xuICAgIGNvbnN0IGFuc3dlciA9IGF3YWl0IHRoaXMuI3NlbmQocmVxdWVzdCk7XG4gICAgcmV0dXJuIGFuc3dlci5zdGF0dXMgPT09IDQwMSAmJiAoYXdhaXQgdGhpcy5yZWZyZXNoKCkpID8gdGhpcy4jc2VuZChhZ2FpbikgOiBhbnN3ZXI7XG4gIH1cblxuICBhc3luYyAjY2hhbmdlKHBhdGg6IHN0cmluZywgYm9keTogb2JqZWN0IHwgdW5kZWZpbmVkKTogUHJvbWlzZTxSZXNwb25zZT4ge1xuICAgIGNvbnN0IGhlYWRlcnMgPSB7IFwiY29udGVudC10eXBlXCI6IFwiYXBwbGljYXRpb24vanNvblwiIH07XG4gICAgY29uc3QgaW5pdCA9IGJvZHkgPyB7IG1ldGhvZDogXCJQT1NUXCIsIGhlYWRlcnMsIGJvZHk6IEpTT04uc3RyaW5naWZ5KGJvZHkpIH0gOiB7IG1ldGhvZDogXCJQT1NUXCIgfTtcbiAgICBjb25zdCBhbnN3ZXIgPSBhd2FpdCB0aGlzLiNzZW5kKG5ldyBSZXF1ZXN0KHRoaXMuI3VybChwYXRoKSwgaW5pdCkpO1xuICAgIGlmICghYW5zd2VyLm9rKSB0aHJvdyBhd2FpdCBEb29yd2FyZEVycm9yLmZyb20oYW5zd2VyKTtcbiAgICByZXR1cm4gYW5zd2VyO1xuICB9XG5cbiAgLyoqIFNlbmQgYSByZXF1ZXN0OyBhIGNoYW5nZSBvbmNlIG1vcmUgd2hlbiBpdHMgdG9rZW4gd2FzIG9mIGFub3RoZXIgc2Vzc2lvbiwgYXMgYWZ0ZXIgYSBzaWduLWluIGluIGFub3RoZXIgdGFiLiAqL1xuICBhc3luYyAjc2VuZChyZXF1ZXN0OiBSZXF1ZXN0KTogUHJvbWlzZTxSZXNwb25zZT4ge1xuICAgIGlmIChTQUZFLmhhcyhyZXF1ZXN0Lm1ldGhvZCkpIHJldHVybiBmZXRjaChyZXF1ZXN0KTtcbiAgICBjb25zdCBhZ2FpbiA9IHJlcXVlc3QuY2xvbmUoKTtcbiAgICBjb25zdCBhbnN3ZXIgPSBhd2FpdCBmZXRjaChhd2FpdCB0aGlzLiNtYXJrZWQocmVxdWVzdCkpO1xuICAgIGlmIChhbnN3ZXIuc3RhdHVzICE9PSA0MDMpIHJldHVybiBhbnN3ZXI7XG4gICAgY29uc3QgcmVmdXNlZCA9IGF3YWl0IERvb3J3YXJkRXJyb3IuZnJvbShhbnN3ZXIuY2xvbmUoKSk7XG4gICAgaWYgKHJlZnVzZWQuY29kZSAhPT0gXCJDU1JGX0ZBSUxFRFwiKSByZXR1cm4gYW5zd2VyO1xuICAgIHRoaXMuI2NzcmYgPSB1bmRlZmluZWQ7XG4gICAgcmV0dXJuIGZldGNoKGF3YWl0IHRoaXMuI21hcmtlZChhZ2FpbikpO1xuICB9XG5cbiAgYXN5bmMgI21hcmtlZChyZXF1ZXN0OiBSZXF1ZXN0KTogUHJvbWlzZTxSZXF1ZXN0PiB7XG4gICAgdGhpcy4jY3NyZiA/Pz0gdGhpcy4jbmV3VG9rZW4oKTtcbiAgICByZXF1ZXN0LmhlYWRlcnMuc2V0KFwieC1jc3JmLXRva2VuXCIsIGF3YWl0IHRoaXMuI2NzcmYpO1xuICAgIHJldHVybiByZXF1ZXN0O1xuICB9XG5cbiAgYXN5bmMgI25ld1Rva2VuKCk6IFByb21pc2U8c3RyaW5nPiB7XG4gICAgdHJ5IHtcbiAgICAgIGNvbnN0IGFuc3dlciA9IGF3YWl0IGFzayh0aGlzLiN1cmwoXCIvdjEvYXV0aC9jc3JmXCIpLCB7IGNhY2hlOiBcIm5vLXN0b3JlXCIgfSk7XG4gICAgICBpZiAoIWFuc3dlci5vaykgdGhyb3cgYXdhaXQgRG9vcndhcmRFcnJvci5mcm9tKGFuc3dlcik7XG4gICAgICByZXR1cm4gKChhd2FpdCBhbnN3ZXIuanNvbigpKSBhcyB7IGNzcmZfdG9rZW46IHN0cmluZyB9KS5jc3JmX3Rva2VuO1xuICAgIH0gY2F0Y2ggKGVycm9yKSB7XG4gICAgICB0aGlzLiNjc3JmID0gdW5kZWZpbmVkO1xuICAgICAgdGhyb3cgZXJyb3I7XG4gICAgfVxuICB9XG5cbiAgI3VybChwYXRoOiBzdHJpbmcpOiBzdHJpbmcge1xuICAgIHJldHVybiB0aGlzLiNiYXNlICsgcGF0aDtcbiAgfVxuXG4gICNiZWNvbWUodXNlcjogV2ViVXNlciB8IG51bGwpOiB2b2lkIHtcbiAgICBjb25zdCBiZWZvcmUgPSB0aGlzLiN1c2VyO1xuICAgIHRoaXMuI3VzZXIgPSB1c2VyO1xuICAgIGlmIChiZWZvcmU/LmlkICE9PSB1c2VyPy5pZCkgdGhpcy4jbGlzdGVuZXJzLnRlbGwodXNlcik7XG4gIH1cbn1cbiIsICIvKiogQXMgbXVjaCBvZiBhIGJyb3dzZXIgYXMgdGhlIGxpYnJhcnkgdG91Y2hlczogYW4gYWRkcmVzcywgYSBzZXNzaW9uIHN0b3JhZ2UsIHRhYnMgdGhhdCBoZWFyIGVhY2ggb3RoZXIsIGEgbmV0d29yay4gKi9cblxuZXhwb3J0IGNvbnN0IEhFUkUgPSBcImh0dHBzOi8vYXBwLmV4YW1wbGUvXCI7XG5leHBvcnQgY29uc3QgSVNTVUVSID0gXCJodHRwczovL2F1dGguZXhhbXBsZVwiO1xuXG50eXBlIEFuc3dlcmVyID0gKHJlcXVlc3Q6IFJlcXVlc3QpID0+IFJlc3BvbnNlIHwgUHJvbWlzZTxSZXNwb25zZT47XG5cbi8qKiBXaGF0IGhhcHBlbmVkIHRvIHRoZSBwYWdlLCBhbmQgd2hhdCB0aGUgbmV0d29yayBhbnN3ZXJzOiBieSBwYXRoLCBlYWNoIHRpbWUgdGhlIG5leHQgb2YgaXRzIGFuc3dlcnMsIHRoZSBsYXN0IGZvciBldmVyLiAqL1xuZXhwb3J0IGNsYXNzIFBhZ2Uge1xuICByZWFkb25seSByZXF1ZXN0czogUmVxdWVzdFtdID0gW107XG4gIHJlYWRvbmx5IGJvZGllczogVVJMU2VhcmNoUGFyYW1zW10gPSBbXTtcbiAgcmVhZG9ubHkgbGVmdDogVVJMW10gPSBbXTtcbiAgcmVhZG9ubHkgc3RvcmFnZSA9IG5ldyBNYXA8c3RyaW5nLCBzdHJpbmc+KCk7XG4gIHJlYWRvbmx5ICNhbnN3ZXJzID0gbmV3IE1hcDxzdHJpbmcsIEFuc3dlcmVyW10+KCk7XG4gICNhZGRyZXNzID0gbmV3IFVSTChIRVJFKTtcblxuICBjb25zdHJ1Y3RvcigpIHtcbiAgICBjb25zdCBwYWdlID0gdGhpcztcbiAgICBjb25zdCBwdXQgPSAobmFtZTogc3RyaW5nLCB2YWx1ZTogdW5rbm93bikgPT4gT2JqZWN0LmRlZmluZVByb3BlcnR5KGdsb2JhbFRoaXMsIG5hbWUsIHsgdmFsdWUsIGNvbmZpZ3VyYWJsZTogdHJ1ZSwgd3JpdGFibGU6IHRydWUgfSk7XG4gICAgcHV0KFwibG9jYXRpb25cIiwge1xuICAgICAgZ2V0IGhyZWYoKSB7IHJldHVybiBwYWdlLiNhZGRyZXNzLmhyZWY7IH0sXG4gICAgICBnZXQgb3JpZ2luKCkgeyByZXR1cm4gcGFnZS4jYWRkcmVzcy5vcmlnaW47IH0sXG4gICAgICBnZXQgcGF0aG5hbWUoKSB7IHJldHVybiBwYWdlLiNhZGRyZXNzLnBhdGhuYW1lOyB9LFxuICAgICAgZ2V0IHNlYXJjaCgpIHsgcmV0dXJuIHBhZ2UuI2FkZHJlc3Muc2VhcmNoOyB9LFxuICAgICAgYXNzaWduOiAodXJsOiBzdHJpbmcpID0+IHBhZ2UubGVmdC5wdXNoKG5ldyBVUkwodXJsKSksXG4gICAgfSk7XG4gICAgcHV0KFwiaGlzdG9yeVwiLCB7IHN0YXRlOiBudWxsLCByZXBsYWNlU3RhdGU6IChfOiB1bmtub3duLCBfXzogc3RyaW5nLCB1cmw6IHN0cmluZykgPT4gcGFnZS5vcGVuKHVybCkgfSk7XG4gICAgcHV0KFwic2Vzc2lvblN0b3JhZ2VcIiwge1xuICAgICAgZ2V0SXRlbTogKG5hbWU6IHN0cmluZykgPT4gcGFnZS5zdG9yYWdlLmdldChuYW1lKSA/PyBudWxsLFxuICAgICAgc2V0SXRlbTogKG5hbWU6IHN0cmluZywgdmFsdWU6IHN0cmluZykgPT4gcGFnZS5zdG9yYWdlLnNldChuYW1lLCB2YWx1ZSksXG4gICAgICByZW1vdmVJdGVtOiAobmFtZTogc3RyaW5nKSA9PiBwYWdlLnN0b3JhZ2UuZGVsZXRlKG5hbWUpLFxuICAgIH0pO1xuICAgIHB1dChcImZldGNoXCIsIChpbnB1dDogUmVxdWVzdEluZm8gfCBVUkwsIGluaXQ/OiBSZXF1ZXN0SW5pdCkgPT4gcGFnZS4jZmV0Y2gobmV3IFJlcXVlc3QoaW5wdXQsIGluaXQpKSk7XG4gICAgcHV0KFwiQnJvYWRjYXN0Q2hhbm5lbFwiLCBDaGFubmVsKTtcbiAgICBDaGFubmVsLmFsbC5jbGVhcigpO1xuICB9XG5cbiAgZ2V0IGFkZHJlc3MoKTogc3RyaW5nIHtcbiAgICByZXR1cm4gdGhpcy4jYWRkcmVzcy5ocmVmO1xuICB9XG5cbiAgb3Blbih1cmw6IHN0cmluZyk6IHZvaWQge1xuICAgIHRoaXMuI2FkZHJlc3MgPSBuZXcgVVJMKHVybCwgdGhpcy4jYWRkcmVzcyk7XG4gIH1cblxuICBhbnN3ZXIodXJsOiBzdHJpbmcsIC4uLmFuc3dlcnM6IEFuc3dlcmVyW10pOiB2b2lkIHtcbiAgICB0aGlzLiNhbnN3ZXJzLnNldCh1cmwsIGFuc3dlcnMpO1xuICB9XG5cbiAgLyoqIFRoZSByZXF1ZXN0cyB0byBhbiBhZGRyZXNzLiAqL1xuICB0byh1cmw6IHN0cmluZyk6IFJlcXVlc3RbXSB7XG4gICAgcmV0dXJuIHRoaXMucmVxdWVzdHMuZmlsdGVyKChyZXF1ZXN0KSA9PiByZXF1ZXN0LnVybCA9PT0gdXJsKTtcbiAgfVxuXG4gIGFzeW5jICNmZXRjaChyZXF1ZXN0OiBSZXF1ZXN0KTogUHJvbWlzZTxSZXNwb25zZT4ge1xuICAgIHRoaXMucmVxdWVzdHMucHVzaChyZXF1ZXN0KTtcbiAgICB0aGlzLmJvZGllcy5wdXNoKG5ldyBVUkxTZWFyY2hQYXJhbXMoYXdhaXQgcmVxdWVzdC5jbG9uZSgpLnRleHQoKSkpO1xuICAgIGNvbnN0IGFuc3dlcnMgPSB0aGlzLiNhbnN3ZXJzLmdldChyZXF1ZXN0LnVybCk7XG4gICAgY29uc3QgYW5zd2VyID0gYW5zd2VycyAmJiBhbnN3ZXJzLmxlbmd0aCA+IDEgPyBhbnN3ZXJzLnNoaWZ0KCkgOiBhbnN3ZXJzPy5bMF07XG4gICAgaWYgKCFhbnN3ZXIpIHRocm93IG5ldyBUeXBlRXJyb3IoYG5vdGhpbmcgYW5zd2VycyBhdCAke3JlcXVlc3QudXJsfWApO1xuICAgIHJldHVybiBhbnN3ZXIocmVxdWVzdCk7XG4gIH1cbn1cblxuY2xhc3MgQ2hhbm5lbCB7XG4gIHN0YXRpYyByZWFkb25seSBhbGwgPSBuZXcgU2V0PENoYW5uZWw+KCk7XG4gIG9ubWVzc2FnZTogKChldmVudDogeyBkYXRhOiB1bmtub3duIH0pID0+IHZvaWQpIHwgbnVsbCA9IG51bGw7XG4gIHJlYWRvbmx5IG5hbWU6IHN0cmluZztcblxuICBjb25zdHJ1Y3RvcihuYW1lOiBzdHJpbmcpIHtcbiAgICB0aGlzLm5hbWUgPSBuYW1lO1xuICAgIENoYW5uZWwuYWxsLmFkZCh0aGlzKTtcbiAgfVxuXG4gIHBvc3RNZXNzYWdlKGRhdGE6IHVua25vd24pOiB2b2lkIHtcbiAgICBmb3IgKGNvbnN0IG90aGVyIG9mIENoYW5uZWwuYWxsKSB7XG4gICAgICBpZiAob3RoZXIgIT09IHRoaXMgJiYgb3RoZXIubmFtZSA9PT0gdGhpcy5uYW1lKSBvdGhlci5vbm1lc3NhZ2U/Lih7IGRhdGEgfSk7XG4gICAgfVxuICB9XG59XG5cbmV4cG9ydCBmdW5jdGlvbiBqc29uKGJvZHk6IHVua25vd24sIHN0YXR1cyA9IDIwMCwgaGVhZGVyczogUmVjb3JkPHN0cmluZywgc3RyaW5nPiA9IHt9KTogQW5zd2VyZXIge1xuICByZXR1cm4gKCkgPT4gUmVzcG9uc2UuanNvbihib2R5LCB7IHN0YXR1cywgaGVhZGVycyB9KTtcbn1cblxuZXhwb3J0IGZ1bmN0aW9uIHVucmVhY2hhYmxlKCk6IEFuc3dlcmVyIHtcbiAgcmV0dXJuICgpID0+IHtcbiAgICB0aHJvdyBuZXcgVHlwZUVycm9yKFwibm8gbmV0d29ya1wiKTtcbiAgfTtcbn1cblxuLyoqIExldCBldmVyeXRoaW5nIHRoYXQgd2FpdHMgZm9yIG5vdGhpbmcgYnV0IGl0cyB0dXJuIGhhdmUgaXRzIHR1cm4uICovXG5leHBvcnQgYXN5bmMgZnVuY3Rpb24gc2V0dGxlZCgpOiBQcm9taXNlPHZvaWQ+IHtcbiAgZm9yIChsZXQgdHVybiA9IDA7IHR1cm4gPCAyMDsgdHVybiArPSAxKSBhd2FpdCBuZXcgUHJvbWlzZSgoZG9uZSkgPT4gc2V0SW1tZWRpYXRlKGRvbmUpKTtcbn1cbiJdLAogICJtYXBwaW5ncyI6ICI7QUFBQSxPQUFPLFlBQVk7QUFDbkIsU0FBUyxZQUFZLFlBQVk7OztBQ0ExQixJQUFNLFlBQU4sTUFBcUI7QUFBQSxFQUNqQixPQUFPLG9CQUFJLElBQStCO0FBQUE7QUFBQSxFQUduRCxJQUFJLFVBQWlEO0FBQ25ELFNBQUssS0FBSyxJQUFJLFFBQVE7QUFDdEIsV0FBTyxNQUFNLEtBQUssS0FBSyxLQUFLLE9BQU8sUUFBUTtBQUFBLEVBQzdDO0FBQUEsRUFFQSxLQUFLLEtBQXVCO0FBQzFCLGVBQVcsWUFBWSxDQUFDLEdBQUcsS0FBSyxJQUFJLEVBQUcsVUFBUyxHQUFHO0FBQUEsRUFDckQ7QUFDRjtBQUdPLElBQU0sYUFBTixNQUF5QjtBQUFBLEVBQzlCO0FBQUEsRUFFQSxJQUFJLE9BQStDO0FBQ2pELFNBQUssWUFBWSxNQUFNLEVBQUUsUUFBUSxNQUFNO0FBQ3JDLFdBQUssVUFBVTtBQUFBLElBQ2pCLENBQUM7QUFDRCxXQUFPLEtBQUs7QUFBQSxFQUNkO0FBQUE7QUFBQSxFQUdBLE1BQU0sTUFBTSxPQUErQztBQUN6RCxXQUFPLEtBQUssUUFBUyxPQUFNLEtBQUssUUFBUSxNQUFNLE1BQU0sTUFBUztBQUM3RCxXQUFPLEtBQUssSUFBSSxLQUFLO0FBQUEsRUFDdkI7QUFDRjtBQUdBLGVBQXNCLElBQUksS0FBYSxNQUFzQztBQUMzRSxNQUFJO0FBQ0YsV0FBTyxNQUFNLE1BQU0sS0FBSyxJQUFJO0FBQUEsRUFDOUIsUUFBUTtBQUNOLFdBQU8sTUFBTSxLQUFLLElBQUk7QUFBQSxFQUN4QjtBQUNGOzs7QUN2Q08sSUFBTSxnQkFBTixNQUFNLHVCQUFzQixNQUFNO0FBQUEsRUFDckIsT0FBTztBQUFBLEVBQ2hCO0FBQUE7QUFBQSxFQUVBO0FBQUE7QUFBQSxFQUVBO0FBQUEsRUFFVCxZQUFZLE1BQWMsVUFBVSxJQUFJLFNBQVMsR0FBRyxZQUFxQjtBQUN2RSxVQUFNLFVBQVUsR0FBRyxJQUFJLEtBQUssT0FBTyxLQUFLLElBQUk7QUFDNUMsU0FBSyxPQUFPO0FBQ1osU0FBSyxTQUFTO0FBQ2QsU0FBSyxhQUFhO0FBQUEsRUFDcEI7QUFBQTtBQUFBLEVBR0EsYUFBYSxLQUFLLFFBQTBDO0FBQzFELFVBQU0sT0FBdUYsTUFBTSxPQUNoRyxLQUFLLEVBQ0wsTUFBTSxPQUFPLENBQUMsRUFBRTtBQUNuQixVQUFNLE9BQU8sT0FBTyxPQUFPLFFBQVEsSUFBSSxhQUFhLENBQUMsS0FBSztBQUMxRCxVQUFNLE9BQU8sS0FBSyxTQUFTLEtBQUssUUFBUTtBQUN4QyxXQUFPLElBQUksZUFBYyxNQUFNLEtBQUsscUJBQXFCLEtBQUssUUFBUSxPQUFPLFFBQVEsSUFBSTtBQUFBLEVBQzNGO0FBQ0Y7OztBQ1pBLElBQU0sT0FBTyxvQkFBSSxJQUFJLENBQUMsT0FBTyxRQUFRLFNBQVMsQ0FBQztBQU14QyxJQUFNLGFBQU4sTUFBaUI7QUFBQSxFQUNiO0FBQUEsRUFDQSxhQUFhLElBQUksVUFBbUI7QUFBQSxFQUNwQyxXQUFXLElBQUksV0FBb0I7QUFBQSxFQUM1QztBQUFBLEVBQ0EsUUFBd0I7QUFBQTtBQUFBLEVBR3hCLFlBQVksRUFBRSxPQUFPLEdBQUcsSUFBdUIsQ0FBQyxHQUFHO0FBQ2pELFNBQUssUUFBUSxJQUFJLElBQUksTUFBTSxTQUFTLE1BQU0sRUFBRSxLQUFLLFFBQVEsT0FBTyxFQUFFO0FBQ2xFLFFBQUksSUFBSSxJQUFJLEtBQUssS0FBSyxFQUFFLFdBQVcsU0FBUyxPQUFRLE9BQU0sSUFBSSxjQUFjLGtCQUFrQixLQUFLLEtBQUs7QUFBQSxFQUMxRztBQUFBO0FBQUEsRUFHQSxJQUFJLE9BQXVCO0FBQ3pCLFdBQU8sS0FBSztBQUFBLEVBQ2Q7QUFBQTtBQUFBLEVBR0EsU0FBUyxVQUFzRDtBQUM3RCxXQUFPLEtBQUssV0FBVyxJQUFJLFFBQVE7QUFBQSxFQUNyQztBQUFBO0FBQUEsRUFHQSxNQUFNLE9BQWdDO0FBQ3BDLFVBQU0sU0FBUyxNQUFNLEtBQUssTUFBTSxZQUFZO0FBQzVDLFFBQUksT0FBTyxHQUFJLE1BQUssUUFBUSxNQUFNLE9BQU8sS0FBSyxDQUFDO0FBQUEsYUFDdEMsT0FBTyxXQUFXLElBQUssT0FBTSxNQUFNLGNBQWMsS0FBSyxNQUFNO0FBQ3JFLFdBQU8sS0FBSztBQUFBLEVBQ2Q7QUFBQTtBQUFBLEVBR0EsTUFBTSxPQUFPLFVBQWtCLFVBQW9DO0FBQ2pFLFVBQU0sU0FBUyxNQUFNLEtBQUssUUFBUSxzQkFBc0IsRUFBRSxVQUFVLFNBQVMsQ0FBQztBQUM5RSxTQUFLLFFBQVE7QUFDYixVQUFNLEVBQUUsS0FBSyxJQUF1QixNQUFNLE9BQU8sS0FBSztBQUN0RCxTQUFLLFFBQVEsSUFBSTtBQUNqQixXQUFPO0FBQUEsRUFDVDtBQUFBO0FBQUEsRUFHQSxNQUFNLFVBQXlCO0FBQzdCLFVBQU0sS0FBSyxRQUFRLHVCQUF1QixNQUFTO0FBQ25ELFNBQUssUUFBUTtBQUNiLFNBQUssUUFBUSxJQUFJO0FBQUEsRUFDbkI7QUFBQTtBQUFBLEVBR0EsVUFBNEI7QUFDMUIsV0FBTyxLQUFLLFNBQVMsSUFBSSxZQUFZO0FBQ25DLFlBQU0sU0FBUyxNQUFNLEtBQUssTUFBTSxJQUFJLFFBQVEsS0FBSyxLQUFLLHNCQUFzQixHQUFHLEVBQUUsUUFBUSxPQUFPLENBQUMsQ0FBQztBQUNsRyxVQUFJLE9BQU8sR0FBSSxNQUFLLFNBQVUsTUFBTSxPQUFPLEtBQUssR0FBeUIsSUFBSTtBQUFBLGVBQ3BFLE9BQU8sV0FBVyxJQUFLLE1BQUssUUFBUSxJQUFJO0FBQUEsVUFDNUMsT0FBTSxNQUFNLGNBQWMsS0FBSyxNQUFNO0FBQzFDLGFBQU8sT0FBTztBQUFBLElBQ2hCLENBQUM7QUFBQSxFQUNIO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQSxFQU1BLE1BQU0sTUFBTSxPQUEwQixNQUF1QztBQUMzRSxVQUFNLFVBQVUsSUFBSSxRQUFRLE9BQU8sVUFBVSxZQUFZLE1BQU0sV0FBVyxHQUFHLElBQUksS0FBSyxLQUFLLEtBQUssSUFBSSxPQUFPLElBQUk7QUFDL0csUUFBSSxJQUFJLElBQUksUUFBUSxHQUFHLEVBQUUsV0FBVyxTQUFTLE9BQVEsT0FBTSxJQUFJLGNBQWMsa0JBQWtCLFFBQVEsR0FBRztBQUMxRyxVQUFNLFFBQVEsUUFBUSxNQUFNO0FBQzVCLFVBQU0sU0FBUyxNQUFNLEtBQUssTUFBTSxPQUFPO0FBQ3ZDLFdBQU8sT0FBTyxXQUFXLE9BQVEsTUFBTSxLQUFLLFFBQVEsSUFBSyxLQUFLLE1BQU0sS0FBSyxJQUFJO0FBQUEsRUFDL0U7QUFBQSxFQUVBLE1BQU0sUUFBUSxNQUFjLE1BQTZDO0FBQ3ZFLFVBQU0sVUFBVSxFQUFFLGdCQUFnQixtQkFBbUI7QUFDckQsVUFBTSxPQUFPLE9BQU8sRUFBRSxRQUFRLFFBQVEsU0FBUyxNQUFNLEtBQUssVUFBVSxJQUFJLEVBQUUsSUFBSSxFQUFFLFFBQVEsT0FBTztBQUMvRixVQUFNLFNBQVMsTUFBTSxLQUFLLE1BQU0sSUFBSSxRQUFRLEtBQUssS0FBSyxJQUFJLEdBQUcsSUFBSSxDQUFDO0FBQ2xFLFFBQUksQ0FBQyxPQUFPLEdBQUksT0FBTSxNQUFNLGNBQWMsS0FBSyxNQUFNO0FBQ3JELFdBQU87QUFBQSxFQUNUO0FBQUE7QUFBQSxFQUdBLE1BQU0sTUFBTSxTQUFxQztBQUMvQyxRQUFJLEtBQUssSUFBSSxRQUFRLE1BQU0sRUFBRyxRQUFPLE1BQU0sT0FBTztBQUNsRCxVQUFNLFFBQVEsUUFBUSxNQUFNO0FBQzVCLFVBQU0sU0FBUyxNQUFNLE1BQU0sTUFBTSxLQUFLLFFBQVEsT0FBTyxDQUFDO0FBQ3RELFFBQUksT0FBTyxXQUFXLElBQUssUUFBTztBQUNsQyxVQUFNLFVBQVUsTUFBTSxjQUFjLEtBQUssT0FBTyxNQUFNLENBQUM7QUFDdkQsUUFBSSxRQUFRLFNBQVMsY0FBZSxRQUFPO0FBQzNDLFNBQUssUUFBUTtBQUNiLFdBQU8sTUFBTSxNQUFNLEtBQUssUUFBUSxLQUFLLENBQUM7QUFBQSxFQUN4QztBQUFBLEVBRUEsTUFBTSxRQUFRLFNBQW9DO0FBQ2hELFNBQUssVUFBVSxLQUFLLFVBQVU7QUFDOUIsWUFBUSxRQUFRLElBQUksZ0JBQWdCLE1BQU0sS0FBSyxLQUFLO0FBQ3BELFdBQU87QUFBQSxFQUNUO0FBQUEsRUFFQSxNQUFNLFlBQTZCO0FBQ2pDLFFBQUk7QUFDRixZQUFNLFNBQVMsTUFBTSxJQUFJLEtBQUssS0FBSyxlQUFlLEdBQUcsRUFBRSxPQUFPLFdBQVcsQ0FBQztBQUMxRSxVQUFJLENBQUMsT0FBTyxHQUFJLE9BQU0sTUFBTSxjQUFjLEtBQUssTUFBTTtBQUNyRCxjQUFTLE1BQU0sT0FBTyxLQUFLLEdBQThCO0FBQUEsSUFDM0QsU0FBUyxPQUFPO0FBQ2QsV0FBSyxRQUFRO0FBQ2IsWUFBTTtBQUFBLElBQ1I7QUFBQSxFQUNGO0FBQUEsRUFFQSxLQUFLLE1BQXNCO0FBQ3pCLFdBQU8sS0FBSyxRQUFRO0FBQUEsRUFDdEI7QUFBQSxFQUVBLFFBQVEsTUFBNEI7QUFDbEMsVUFBTSxTQUFTLEtBQUs7QUFDcEIsU0FBSyxRQUFRO0FBQ2IsUUFBSSxRQUFRLE9BQU8sTUFBTSxHQUFJLE1BQUssV0FBVyxLQUFLLElBQUk7QUFBQSxFQUN4RDtBQUNGOzs7QUNySU8sSUFBTSxPQUFPO0FBTWIsSUFBTSxPQUFOLE1BQVc7QUFBQSxFQUNQLFdBQXNCLENBQUM7QUFBQSxFQUN2QixTQUE0QixDQUFDO0FBQUEsRUFDN0IsT0FBYyxDQUFDO0FBQUEsRUFDZixVQUFVLG9CQUFJLElBQW9CO0FBQUEsRUFDbEMsV0FBVyxvQkFBSSxJQUF3QjtBQUFBLEVBQ2hELFdBQVcsSUFBSSxJQUFJLElBQUk7QUFBQSxFQUV2QixjQUFjO0FBQ1osVUFBTUEsUUFBTztBQUNiLFVBQU0sTUFBTSxDQUFDLE1BQWMsVUFBbUIsT0FBTyxlQUFlLFlBQVksTUFBTSxFQUFFLE9BQU8sY0FBYyxNQUFNLFVBQVUsS0FBSyxDQUFDO0FBQ25JLFFBQUksWUFBWTtBQUFBLE1BQ2QsSUFBSSxPQUFPO0FBQUUsZUFBT0EsTUFBSyxTQUFTO0FBQUEsTUFBTTtBQUFBLE1BQ3hDLElBQUksU0FBUztBQUFFLGVBQU9BLE1BQUssU0FBUztBQUFBLE1BQVE7QUFBQSxNQUM1QyxJQUFJLFdBQVc7QUFBRSxlQUFPQSxNQUFLLFNBQVM7QUFBQSxNQUFVO0FBQUEsTUFDaEQsSUFBSSxTQUFTO0FBQUUsZUFBT0EsTUFBSyxTQUFTO0FBQUEsTUFBUTtBQUFBLE1BQzVDLFFBQVEsQ0FBQyxRQUFnQkEsTUFBSyxLQUFLLEtBQUssSUFBSSxJQUFJLEdBQUcsQ0FBQztBQUFBLElBQ3RELENBQUM7QUFDRCxRQUFJLFdBQVcsRUFBRSxPQUFPLE1BQU0sY0FBYyxDQUFDLEdBQVksSUFBWSxRQUFnQkEsTUFBSyxLQUFLLEdBQUcsRUFBRSxDQUFDO0FBQ3JHLFFBQUksa0JBQWtCO0FBQUEsTUFDcEIsU0FBUyxDQUFDLFNBQWlCQSxNQUFLLFFBQVEsSUFBSSxJQUFJLEtBQUs7QUFBQSxNQUNyRCxTQUFTLENBQUMsTUFBYyxVQUFrQkEsTUFBSyxRQUFRLElBQUksTUFBTSxLQUFLO0FBQUEsTUFDdEUsWUFBWSxDQUFDLFNBQWlCQSxNQUFLLFFBQVEsT0FBTyxJQUFJO0FBQUEsSUFDeEQsQ0FBQztBQUNELFFBQUksU0FBUyxDQUFDLE9BQTBCLFNBQXVCQSxNQUFLLE9BQU8sSUFBSSxRQUFRLE9BQU8sSUFBSSxDQUFDLENBQUM7QUFDcEcsUUFBSSxvQkFBb0IsT0FBTztBQUMvQixZQUFRLElBQUksTUFBTTtBQUFBLEVBQ3BCO0FBQUEsRUFFQSxJQUFJLFVBQWtCO0FBQ3BCLFdBQU8sS0FBSyxTQUFTO0FBQUEsRUFDdkI7QUFBQSxFQUVBLEtBQUssS0FBbUI7QUFDdEIsU0FBSyxXQUFXLElBQUksSUFBSSxLQUFLLEtBQUssUUFBUTtBQUFBLEVBQzVDO0FBQUEsRUFFQSxPQUFPLFFBQWdCLFNBQTJCO0FBQ2hELFNBQUssU0FBUyxJQUFJLEtBQUssT0FBTztBQUFBLEVBQ2hDO0FBQUE7QUFBQSxFQUdBLEdBQUcsS0FBd0I7QUFDekIsV0FBTyxLQUFLLFNBQVMsT0FBTyxDQUFDLFlBQVksUUFBUSxRQUFRLEdBQUc7QUFBQSxFQUM5RDtBQUFBLEVBRUEsTUFBTSxPQUFPLFNBQXFDO0FBQ2hELFNBQUssU0FBUyxLQUFLLE9BQU87QUFDMUIsU0FBSyxPQUFPLEtBQUssSUFBSSxnQkFBZ0IsTUFBTSxRQUFRLE1BQU0sRUFBRSxLQUFLLENBQUMsQ0FBQztBQUNsRSxVQUFNLFVBQVUsS0FBSyxTQUFTLElBQUksUUFBUSxHQUFHO0FBQzdDLFVBQU0sU0FBUyxXQUFXLFFBQVEsU0FBUyxJQUFJLFFBQVEsTUFBTSxJQUFJLFVBQVUsQ0FBQztBQUM1RSxRQUFJLENBQUMsT0FBUSxPQUFNLElBQUksVUFBVSxzQkFBc0IsUUFBUSxHQUFHLEVBQUU7QUFDcEUsV0FBTyxPQUFPLE9BQU87QUFBQSxFQUN2QjtBQUNGO0FBRUEsSUFBTSxVQUFOLE1BQU0sU0FBUTtBQUFBLEVBQ1osT0FBZ0IsTUFBTSxvQkFBSSxJQUFhO0FBQUEsRUFDdkMsWUFBeUQ7QUFBQSxFQUNoRDtBQUFBLEVBRVQsWUFBWSxNQUFjO0FBQ3hCLFNBQUssT0FBTztBQUNaLGFBQVEsSUFBSSxJQUFJLElBQUk7QUFBQSxFQUN0QjtBQUFBLEVBRUEsWUFBWSxNQUFxQjtBQUMvQixlQUFXLFNBQVMsU0FBUSxLQUFLO0FBQy9CLFVBQUksVUFBVSxRQUFRLE1BQU0sU0FBUyxLQUFLLEtBQU0sT0FBTSxZQUFZLEVBQUUsS0FBSyxDQUFDO0FBQUEsSUFDNUU7QUFBQSxFQUNGO0FBQ0Y7QUFFTyxTQUFTLEtBQUssTUFBZSxTQUFTLEtBQUssVUFBa0MsQ0FBQyxHQUFhO0FBQ2hHLFNBQU8sTUFBTSxTQUFTLEtBQUssTUFBTSxFQUFFLFFBQVEsUUFBUSxDQUFDO0FBQ3REOzs7QUo5RUEsSUFBTSxTQUFTO0FBQ2YsSUFBTSxPQUFnQixFQUFFLElBQUksS0FBSyxVQUFVLFlBQVksT0FBTyxrQkFBa0IsYUFBYSxNQUFNLE9BQU8sQ0FBQyxHQUFHLFlBQVksR0FBRztBQUM3SCxJQUFNLFVBQVUsS0FBSyxFQUFFLE1BQU0sb0JBQW9CLEdBQUcsR0FBRztBQUV2RCxJQUFJO0FBRUosV0FBVyxNQUFNO0FBQ2YsU0FBTyxJQUFJLEtBQUs7QUFDaEIsTUFBSSxTQUFTO0FBQ2IsT0FBSyxPQUFPLEdBQUcsTUFBTSxpQkFBaUIsTUFBTSxTQUFTLEtBQUssRUFBRSxZQUFZLFNBQVUsVUFBVSxDQUFFLEdBQUcsQ0FBQyxDQUFDO0FBQ25HLE9BQUssT0FBTyxHQUFHLE1BQU0sc0JBQXNCLEtBQUssRUFBRSxNQUFNLEtBQUssQ0FBQyxDQUFDO0FBQy9ELE9BQUssT0FBTyxHQUFHLE1BQU0sdUJBQXVCLE1BQU0sSUFBSSxTQUFTLE1BQU0sRUFBRSxRQUFRLElBQUksQ0FBQyxDQUFDO0FBQ3JGLE9BQUssT0FBTyxHQUFHLE1BQU0sd0JBQXdCLEtBQUssRUFBRSxNQUFNLEtBQUssQ0FBQyxDQUFDO0FBQ2pFLE9BQUssT0FBTyxHQUFHLE1BQU0sY0FBYyxLQUFLLElBQUksQ0FBQztBQUMvQyxDQUFDO0FBRUQsU0FBUyxNQUFNLE1BQWlDO0FBQzlDLFNBQU8sS0FBSyxHQUFHLFNBQVMsSUFBSSxFQUFFLElBQUksQ0FBQyxZQUFZLFFBQVEsUUFBUSxJQUFJLGNBQWMsQ0FBQztBQUNwRjtBQUVBLEtBQUssOEJBQThCLFlBQVk7QUFDN0MsU0FBTyxPQUFPLE1BQU0sSUFBSSxXQUFXLEVBQUUsS0FBSyxJQUFJLFVBQVUsVUFBVTtBQUNsRSxTQUFPLFVBQVUsTUFBTSxZQUFZLEdBQUcsQ0FBQyxJQUFJLENBQUM7QUFDOUMsQ0FBQztBQUVELEtBQUssMERBQTBELFlBQVk7QUFDekUsT0FBSyxPQUFPLEdBQUcsTUFBTSxjQUFjLFNBQVMsS0FBSyxJQUFJLENBQUM7QUFFdEQsU0FBTyxPQUFPLE1BQU0sSUFBSSxXQUFXLEVBQUUsS0FBSyxJQUFJLFVBQVUsVUFBVTtBQUNsRSxTQUFPLFVBQVUsTUFBTSxzQkFBc0IsR0FBRyxDQUFDLFNBQVMsQ0FBQztBQUM3RCxDQUFDO0FBRUQsS0FBSywwQkFBMEIsWUFBWTtBQUN6QyxPQUFLLE9BQU8sR0FBRyxNQUFNLGNBQWMsT0FBTztBQUMxQyxPQUFLLE9BQU8sR0FBRyxNQUFNLHdCQUF3QixPQUFPO0FBRXBELFNBQU8sTUFBTSxNQUFNLElBQUksV0FBVyxFQUFFLEtBQUssR0FBRyxJQUFJO0FBQ2xELENBQUM7QUFFRCxLQUFLLDBFQUEwRSxZQUFZO0FBQ3pGLFFBQU0sVUFBVSxJQUFJLFdBQVc7QUFDL0IsUUFBTSxRQUE0QixDQUFDO0FBQ25DLFVBQVEsU0FBUyxDQUFDLFNBQVMsTUFBTSxLQUFLLElBQUksQ0FBQztBQUMzQyxPQUFLLE9BQU8sR0FBRyxNQUFNLG9CQUFvQixNQUFNLElBQUksU0FBUyxNQUFNLEVBQUUsUUFBUSxJQUFJLENBQUMsQ0FBQztBQUVsRixRQUFNLFFBQVEsT0FBTyxZQUFZLGVBQWU7QUFDaEQsUUFBTSxRQUFRLE1BQU0sb0JBQW9CLEVBQUUsUUFBUSxPQUFPLE1BQU0sS0FBSyxDQUFDO0FBQ3JFLFFBQU0sUUFBUSxRQUFRO0FBRXRCLFNBQU8sVUFBVSxNQUFNLG9CQUFvQixHQUFHLENBQUMsU0FBUyxDQUFDO0FBQ3pELFNBQU8sVUFBVSxNQUFNLGtCQUFrQixHQUFHLENBQUMsU0FBUyxDQUFDO0FBQ3ZELFNBQU8sVUFBVSxNQUFNLHFCQUFxQixHQUFHLENBQUMsU0FBUyxDQUFDO0FBQzFELFNBQU8sVUFBVSxNQUFNLElBQUksQ0FBQyxTQUFTLE1BQU0sUUFBUSxHQUFHLENBQUMsWUFBWSxNQUFTLENBQUM7QUFDL0UsQ0FBQztBQUVELEtBQUssbUNBQW1DLFlBQVk7QUFDbEQsT0FBSyxPQUFPLEdBQUcsTUFBTSxzQkFBc0IsS0FBSyxFQUFFLE1BQU0sdUJBQXVCLFFBQVEsTUFBTSxHQUFHLEdBQUcsQ0FBQztBQUVwRyxRQUFNLE9BQU87QUFBQSxJQUNYLElBQUksV0FBVyxFQUFFLE9BQU8sWUFBWSxPQUFPO0FBQUEsSUFDM0MsQ0FBQyxVQUFtQixpQkFBaUIsaUJBQWlCLE1BQU0sU0FBUyx5QkFBeUIsTUFBTSxXQUFXO0FBQUEsRUFDakg7QUFDRixDQUFDO0FBRUQsS0FBSywwRUFBMEUsWUFBWTtBQUN6RixPQUFLLE9BQU8sR0FBRyxNQUFNLG9CQUFvQixLQUFLLEVBQUUsTUFBTSxjQUFjLEdBQUcsR0FBRyxDQUFDO0FBRTNFLFFBQU0sU0FBUyxNQUFNLElBQUksV0FBVyxFQUFFLE1BQU0sb0JBQW9CLEVBQUUsUUFBUSxTQUFTLENBQUM7QUFFcEYsU0FBTyxNQUFNLE9BQU8sUUFBUSxHQUFHO0FBQy9CLFNBQU8sVUFBVSxNQUFNLGtCQUFrQixHQUFHLENBQUMsV0FBVyxTQUFTLENBQUM7QUFDcEUsQ0FBQztBQUVELEtBQUssOERBQThELFlBQVk7QUFDN0UsT0FBSyxPQUFPLEdBQUcsTUFBTSxvQkFBb0IsS0FBSyxFQUFFLE1BQU0sWUFBWSxHQUFHLEdBQUcsQ0FBQztBQUV6RSxRQUFNLElBQUksV0FBVyxFQUFFLE1BQU0sb0JBQW9CLEVBQUUsUUFBUSxTQUFTLENBQUM7QUFFckUsU0FBTyxVQUFVLE1BQU0sa0JBQWtCLEdBQUcsQ0FBQyxTQUFTLENBQUM7QUFDekQsQ0FBQztBQUVELEtBQUssMkNBQTJDLFlBQVk7QUFDMUQsT0FBSyxPQUFPLEdBQUcsTUFBTSxvQkFBb0IsU0FBUyxTQUFTLEtBQUssQ0FBQyxDQUFDLENBQUM7QUFDbkUsUUFBTSxVQUFVLElBQUksV0FBVztBQUUvQixRQUFNLFVBQVUsTUFBTSxRQUFRLElBQUksQ0FBQyxRQUFRLE1BQU0sa0JBQWtCLEdBQUcsUUFBUSxNQUFNLGtCQUFrQixDQUFDLENBQUM7QUFFeEcsU0FBTyxVQUFVLFFBQVEsSUFBSSxDQUFDLFdBQVcsT0FBTyxNQUFNLEdBQUcsQ0FBQyxLQUFLLEdBQUcsQ0FBQztBQUNuRSxTQUFPLE1BQU0sS0FBSyxHQUFHLEdBQUcsTUFBTSxzQkFBc0IsRUFBRSxRQUFRLENBQUM7QUFDakUsQ0FBQztBQUVELEtBQUssMkJBQTJCLFlBQVk7QUFDMUMsYUFBVyxPQUFPLENBQUMseUJBQXlCLG1CQUFtQiwyQkFBMkIsR0FBRztBQUMzRixVQUFNLE9BQU87QUFBQSxNQUNYLElBQUksV0FBVyxFQUFFLE1BQU0sSUFBSSxJQUFJLEtBQUssTUFBTSxDQUFDO0FBQUEsTUFDM0MsQ0FBQyxVQUFtQixpQkFBaUIsaUJBQWlCLE1BQU0sU0FBUztBQUFBLElBQ3ZFO0FBQUEsRUFDRjtBQUNBLFNBQU8sT0FBTyxNQUFNLElBQUksV0FBVyxFQUFFLE1BQU0sdUJBQXVCLENBQUMsR0FBRyxhQUFhO0FBQ25GLFNBQU8sTUFBTSxLQUFLLFNBQVMsUUFBUSxDQUFDO0FBQ3RDLENBQUM7QUFFRCxLQUFLLGtEQUFrRCxZQUFZO0FBQ2pFLE9BQUssT0FBTyxHQUFHLE1BQU0sbUJBQW1CLEtBQUssSUFBSSxDQUFDO0FBRWxELFNBQU8sT0FBTyxNQUFNLElBQUksV0FBVyxFQUFFLE1BQU0sUUFBUSxDQUFDLEVBQUUsS0FBSyxJQUFJLFVBQVUsVUFBVTtBQUNyRixDQUFDO0FBRUQsS0FBSyxrRUFBa0UsWUFBWTtBQUNqRixPQUFLLE9BQU8sR0FBRyxNQUFNLGlCQUFpQixLQUFLLEVBQUUsTUFBTSxzQkFBc0IsR0FBRyxHQUFHLEdBQUcsS0FBSyxFQUFFLFlBQVksUUFBUSxDQUFDLENBQUM7QUFDL0csUUFBTSxVQUFVLElBQUksV0FBVztBQUUvQixRQUFNLE9BQU8sUUFBUSxRQUFRLE9BQU8sWUFBWSxlQUFlLEdBQUcsYUFBYTtBQUMvRSxTQUFPLE9BQU8sTUFBTSxRQUFRLE9BQU8sWUFBWSxlQUFlLEdBQUcsVUFBVSxVQUFVO0FBQ3ZGLENBQUM7IiwKICAibmFtZXMiOiBbInBhZ2UiXQp9Cg==
