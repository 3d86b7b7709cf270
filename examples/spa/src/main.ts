import { Doorward, DoorwardError, type User } from "doorward";
import { API, CLIENT_ID, ISSUER, SCOPE } from "./config.js";
import { Notes, SignInTooOld } from "./notes.js";
import { element, fill, onPress, once, part, say, show } from "./page.js";
import "./style.css";

const SAID: Record<string, string> = {
  access_denied: "You did not let this page use your notes. Nothing has changed.",
  login_required: "Nobody is signed in.",
  unknown_answer: "That answer was not for this tab. Sign in again from here.",
};

const HOME = location.origin + import.meta.env.BASE_URL;
const app = new Doorward({
  issuer: ISSUER,
  clientId: CLIENT_ID,
  redirectUri: `${HOME}signed-in`,
  postLogoutRedirectUri: HOME,
  scope: SCOPE,
  resource: API,
});
const notes = new Notes(app);
let questions = 0;

function nameOf(user: User): string {
  return user.preferred_username ?? user.email ?? user.sub;
}

function facts(user: User): Node[] {
  const since = typeof user.auth_time === "number" ? new Date(user.auth_time * 1000).toLocaleString() : "unknown";
  const known = { "Signed in as": nameOf(user), "Signed in at": since, Subject: user.sub, Server: ISSUER };
  return Object.entries(known).flatMap(([name, value]) => [element("dt", name), element("dd", value)]);
}

/** Show the notes. Of several answers under way only that to the last question counts, and none after the end. */
async function list(): Promise<void> {
  const asked = (questions += 1);
  const found = await notes.read();
  if (asked !== questions) return;
  fill("list", ...found.reverse().map((note) => element("li", note.text)));
  show("empty", found.length === 0);
  show("clear", found.length > 0);
}

async function draw(user: User | null): Promise<void> {
  show("waiting", false);
  show("welcome", user === null);
  show("desk", user !== null);
  show("who", user !== null);
  if (user === null) {
    questions += 1;
    return fill("list");
  }
  part("name").textContent = nameOf(user);
  part("initial").textContent = nameOf(user).charAt(0).toUpperCase();
  fill("facts", ...facts(user));
  await list();
}

/** Draw, and say what could not be drawn: the page stays of use without the API. */
function redraw(user: User | null): void {
  draw(user).catch((error: Error) => say(error.message));
}

async function clear(): Promise<void> {
  try {
    await notes.clear();
    await list();
  } catch (error) {
    if (!(error instanceof SignInTooOld)) throw error;
    await app.signIn({ maxAge: 300 });
  }
}

onPress("sign-in", () => app.signIn());
onPress("sign-out", () => app.signOut());
onPress("leave", () => app.signOut({ everywhere: false }));
onPress("clear", clear);
part("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = part<HTMLInputElement>("text");
  void once(part<HTMLButtonElement>("add"), async () => {
    await notes.add(text.value);
    text.value = "";
    say("");
    await list();
  });
});

try {
  await app.finishSignIn();
} catch (error) {
  if (!(error instanceof DoorwardError)) throw error;
  say(SAID[error.code] ?? error.message);
}
try {
  await app.token();
} catch {
  say("The server does not answer. Try again in a moment.");
}
app.onChange(redraw);
redraw(app.user);
