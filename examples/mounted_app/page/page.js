// The page of the guest book. It holds no token: the session is in cookies that no script can read.

const element = (id) => document.getElementById(id);
const cookie = (name) => document.cookie.match(new RegExp(`(?:^|; )(?:__Host-)?${name}=([^;]*)`))?.[1] ?? "";

async function send(method, path, body) {
  if (method !== "GET" && !cookie("dw_csrf")) await fetch("/auth/v1/auth/csrf");
  return fetch(path, {
    method,
    headers: {
      ...(body && { "content-type": "application/json" }),
      ...(method !== "GET" && { "x-csrf-token": cookie("dw_csrf") }),
    },
    body: body && JSON.stringify(body),
  });
}

// The access cookie lives for five minutes. A request that meets its end continues the session, and is sent once more.
async function call(method, path, body) {
  const first = await send(method, path, body);
  if (first.status !== 401) return first;
  const refreshed = await send("POST", "/auth/v1/auth/refresh_web");
  return refreshed.ok ? send(method, path, body) : first;
}

async function show() {
  const me = await call("GET", "/auth/v1/web/me");
  element("sign-in-form").hidden = me.ok;
  element("book").hidden = !me.ok;
  if (!me.ok) return;
  element("who").textContent = (await me.json()).username;
  const entries = await (await call("GET", "/web/entries")).json();
  element("entries").replaceChildren(...entries.map(({ author, text }) => {
    const item = document.createElement("li");
    item.append(Object.assign(document.createElement("p"), { textContent: text }), `– ${author}`);
    return item;
  }));
}

function on(id, event, act) {
  element(id).addEventListener(event, async (happened) => {
    happened.preventDefault();
    const answer = await act();
    element("notice").textContent = answer.ok ? "" : (await answer.json()).detail ?? "That did not work.";
    await show();
  });
}

on("sign-in-form", "submit", async () => {
  const typed = { username: element("username").value, password: element("password").value };
  const answer = await send("POST", "/auth/v1/auth/login_web", typed);
  element("password").value = "";
  return answer;
});

on("write-form", "submit", async () => {
  const answer = await call("POST", "/web/entries", { text: element("text").value });
  if (answer.ok) element("text").value = "";
  return answer;
});

on("sign-out", "click", () => call("POST", "/auth/v1/auth/logout_web"));

await show();
