import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { DoorwardError, WebSession, type WebUser } from "../src/index.js";
import { json, Page } from "./browser.js";

const ORIGIN = "https://app.example";
const USER: WebUser = { id: "1", username: "margaret", email: "m@mail.example", is_verified: true, roles: [], created_at: "" };
const REFUSED = json({ code: "NOT_AUTHENTICATED" }, 401);

let page: Page;

beforeEach(() => {
  page = new Page();
  let tokens = 0;
  page.answer(`${ORIGIN}/v1/auth/csrf`, () => Response.json({ csrf_token: `token-${(tokens += 1)}` }));
  page.answer(`${ORIGIN}/v1/auth/login_web`, json({ user: USER }));
  page.answer(`${ORIGIN}/v1/auth/logout_web`, () => new Response(null, { status: 204 }));
  page.answer(`${ORIGIN}/v1/auth/refresh_web`, json({ user: USER }));
  page.answer(`${ORIGIN}/v1/web/me`, json(USER));
});

function marks(path: string): (string | null)[] {
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
  const heard: (WebUser | null)[] = [];
  session.onChange((user) => heard.push(user));
  page.answer(`${ORIGIN}/v1/web/password`, () => new Response(null, { status: 204 }));

  await session.signIn("margaret", "correct horse");
  await session.fetch("/v1/web/password", { method: "PUT", body: "{}" });
  await session.signOut();

  assert.deepEqual(marks("/v1/auth/login_web"), ["token-1"]);
  assert.deepEqual(marks("/v1/web/password"), ["token-2"]);
  assert.deepEqual(marks("/v1/auth/logout_web"), ["token-2"]);
  assert.deepEqual(heard.map((user) => user?.username), ["margaret", undefined]);
});

test("signIn that is refused says why", async () => {
  page.answer(`${ORIGIN}/v1/auth/login_web`, json({ code: "INVALID_CREDENTIALS", detail: "No." }, 401));

  await assert.rejects(
    new WebSession().signIn("margaret", "wrong"),
    (error: unknown) => error instanceof DoorwardError && error.code === "INVALID_CREDENTIALS" && error.status === 401,
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
      (error: unknown) => error instanceof DoorwardError && error.code === "another_origin",
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
