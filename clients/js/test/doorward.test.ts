import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { beforeEach, test } from "node:test";
import { Doorward, DoorwardError, type User } from "../src/index.js";
import { HERE, ISSUER, json, Page, settled, unreachable } from "./browser.js";

const API = "https://api.example";
const TOKEN = `${ISSUER}/oauth/browser/token`;
const REFRESH = `${ISSUER}/oauth/browser/refresh`;
const SIGN_OUT = `${ISSUER}/oauth/browser/sign-out`;

let page: Page;
let number = 0;

beforeEach(() => {
  page = new Page();
  page.answer(SIGN_OUT, json({}));
});

function app(options: object = {}): Doorward {
  return new Doorward({ issuer: ISSUER, clientId: "reports", apis: [API], ...options });
}

function idToken(claims: object = {}): string {
  const said = { iss: ISSUER, aud: "reports", sub: "margaret", sid: "session", ...claims };
  return `e30.${Buffer.from(JSON.stringify(said)).toString("base64url")}.signature`;
}

function tokens(claims: object = {}, expires_in = 300) {
  number += 1;
  return { access_token: `access-${number}`, token_type: "Bearer", expires_in, scope: "openid", id_token: idToken(claims) };
}

/** Begin to sign in, and return what the server was asked. */
async function begun(one: Doorward): Promise<URLSearchParams> {
  await one.signIn({ returnTo: "/reports?page=2" });
  return page.left[0]!.searchParams;
}

function comeBack(asked: URLSearchParams, changes: Record<string, string> = {}): void {
  const answer = { code: "the-code", state: asked.get("state")!, iss: ISSUER, ...changes };
  page.open(`${HERE}?${new URLSearchParams(Object.entries(answer).filter(([, value]) => value))}`);
}

async function signedIn(one = app(), claims: object = {}): Promise<Doorward> {
  const asked = await begun(one);
  page.answer(TOKEN, json(tokens({ nonce: asked.get("nonce"), ...claims })));
  comeBack(asked);
  assert.equal(await one.finishSignIn(), true);
  return one;
}

function failsWith(code: string) {
  return (error: unknown) => error instanceof DoorwardError && error.code === code;
}

test("signIn asks for a code with PKCE, and keeps what the way back needs", async () => {
  const asked = await begun(app({ resource: API }));

  const kept = JSON.parse([...page.storage.values()][0]!);
  assert.equal(page.left[0]!.origin + page.left[0]!.pathname, `${ISSUER}/oauth/authorize`);
  assert.equal(asked.get("response_type"), "code");
  assert.equal(asked.get("code_challenge_method"), "S256");
  assert.equal(asked.get("code_challenge"), createHash("sha256").update(kept.verifier).digest("base64url"));
  assert.deepEqual([asked.get("state"), asked.get("nonce")], [kept.state, kept.nonce]);
  assert.equal(asked.get("resource"), API);
  assert.equal(new Set([kept.state, kept.nonce, kept.verifier]).size, 3);
  assert.ok([kept.state, kept.nonce, kept.verifier].every((each: string) => each.length === 43));
});

test("signIn passes on how somebody is asked", async () => {
  await app().signIn({ prompt: "none", loginHint: "margaret", maxAge: 0, acrValues: "2", uiLocales: "de" });

  const asked = page.left[0]!.searchParams;
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
  const heard: (User | null)[] = [];
  one.onChange((user) => heard.push(user));

  const asked = await begun(one);
  const verifier = JSON.parse([...page.storage.values()][0]!).verifier;
  page.answer(TOKEN, json(tokens({ nonce: asked.get("nonce") })));
  comeBack(asked);

  assert.equal(await one.finishSignIn(), true);
  assert.deepEqual(Object.fromEntries(page.bodies[0]!), {
    client_id: "reports",
    code: "the-code",
    redirect_uri: HERE,
    code_verifier: verifier,
    resource: API,
  });
  assert.equal(page.requests[0]!.headers.get("x-doorward-spa"), "1");
  assert.equal(page.requests[0]!.credentials, "include");
  assert.equal(page.address, "https://app.example/reports?page=2");
  assert.equal(page.storage.size, 0);
  assert.equal(one.user?.sub, "margaret");
  assert.deepEqual(heard.map((user) => user?.sub), ["margaret"]);
  assert.match((await one.token())!, /^access-/);
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
    comeBack(page.left.at(-1)!.searchParams, { iss });

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
  let answer = (_: Response) => {};
  page.answer(REFRESH, () => new Promise<Response>((done) => (answer = done)));
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
  context.mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
  const one = await signedIn();
  const first = await one.token();
  page.answer(REFRESH, json(tokens()));

  context.mock.timers.tick(249_000);
  assert.equal(await one.token(), first);
  context.mock.timers.tick(22_000);
  const fresh = await Promise.all([one.token(), one.token(), one.token()]);

  assert.equal(new Set([...fresh, first]).size, 2);
  assert.equal(page.to(REFRESH).length, 1);
});

test("token of a page that was loaded anew comes by the cookie", async () => {
  page.answer(REFRESH, json(tokens()));
  const one = app();

  assert.match((await one.token())!, /^access-/);
  assert.equal(one.user?.sub, "margaret");
  assert.deepEqual(Object.fromEntries(page.bodies[0]!), { client_id: "reports" });
});

test("token of nobody is undefined", async () => {
  page.answer(REFRESH, json({ error: "invalid_grant" }, 400));

  assert.equal(await app().token(), undefined);
});

test("token is asked for again when no answer came, and then the failure is told", async () => {
  page.answer(REFRESH, unreachable(), json(tokens()));
  assert.match((await app().token())!, /^access-/);

  page.answer(REFRESH, unreachable());
  await assert.rejects(app().token(), TypeError);
  assert.equal(page.to(REFRESH).length, 4);
});

test("token that cannot be had at the moment signs nobody out", async (context) => {
  context.mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
  const one = await signedIn();
  context.mock.timers.tick(300_000);
  const away = json({ error: "temporarily_unavailable" }, 503, { "retry-after": "7" });
  page.answer(REFRESH, away, json(tokens()));

  await assert.rejects(one.token(), (error: unknown) => error instanceof DoorwardError && error.retryAfter === 7);
  assert.equal(one.user?.sub, "margaret");
  assert.match((await one.token())!, /^access-/);
});

test("token of a session that was ended elsewhere is told to who listens", async (context) => {
  context.mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
  const one = await signedIn();
  const heard: (User | null)[] = [];
  const stop = one.onChange((user) => heard.push(user));
  page.answer(REFRESH, json({ error: "invalid_grant" }, 400));
  context.mock.timers.tick(300_000);

  assert.equal(await one.token(), undefined);
  assert.deepEqual([heard, one.user], [[null], null]);
  stop();
});

test("fetch shows the token to the APIs", async () => {
  const one = await signedIn();
  page.answer(`${API}/notes`, json([]));

  assert.equal((await one.fetch(`${API}/notes`, { method: "POST", body: "x" })).status, 200);
  const [request] = page.to(`${API}/notes`);
  assert.equal(request!.headers.get("authorization"), `Bearer ${await one.token()}`);
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
  assert.equal(page.bodies.at(-1)!.get("text"), "x");
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
  const heard: (User | null)[] = [];
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
  const heard: (User | null)[] = [];
  one.onChange((user) => heard.push(user));

  await one.signOut();

  const leave = page.left.at(-1)!;
  assert.equal(page.to(SIGN_OUT).length, 1);
  assert.equal(leave.pathname, "/oauth/logout");
  assert.equal(leave.searchParams.get("client_id"), "reports");
  assert.equal(leave.searchParams.get("post_logout_redirect_uri"), HERE);
  assert.match(leave.searchParams.get("id_token_hint")!, /^e30\./);
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
  let answer = (_: Response) => {};
  page.answer(REFRESH, () => new Promise<Response>((done) => (answer = done)));
  const late = other.token();
  await settled();

  await one.signOut({ everywhere: false });
  answer(Response.json(tokens()));

  assert.equal(await late, undefined);
  assert.equal(other.user, null);
});

test("tab that is just refused follows another that signs in meanwhile", async () => {
  const [one, other] = [app(), app()];
  let answer = (_: Response) => {};
  page.answer(REFRESH, () => new Promise<Response>((done) => (answer = done)), json(tokens()));
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
  assert.equal(page.left[0]!.pathname, "/oauth/authorize");
});

test("nothing that could be stolen is ever stored", async () => {
  const one = await signedIn();
  page.answer(REFRESH, json(tokens()));
  await one.token();

  assert.deepEqual([...page.storage], []);
});
