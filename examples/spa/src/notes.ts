import type { Doorward } from "doorward";
import { API } from "./config.js";

export interface Note {
  text: string;
}

/** The API refused because the sign-in is too long ago (RFC 9470). */
export class SignInTooOld extends Error {}

/** The notes of whoever is signed in, as the API keeps them. */
export class Notes {
  readonly #app: Doorward;

  constructor(app: Doorward) {
    this.#app = app;
  }

  async read(): Promise<Note[]> {
    return (await this.#send("GET")).json();
  }

  async add(text: string): Promise<void> {
    await this.#send("POST", { text });
  }

  async clear(): Promise<void> {
    await this.#send("DELETE");
  }

  async #send(method: string, body?: object): Promise<Response> {
    const headers = { "content-type": "application/json" };
    const init = body ? { method, headers, body: JSON.stringify(body) } : { method };
    const answer = await this.#app.fetch(`${API}/notes`, init);
    const why = answer.headers.get("www-authenticate") ?? "";
    if (why.includes("insufficient_user_authentication")) throw new SignInTooOld();
    if (!answer.ok) throw new Error(`The API of the notes answered ${answer.status}.`);
    return answer;
  }
}
