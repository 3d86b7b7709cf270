/** Whoever wants to know who is signed in. */
export class Listeners<Who> {
  readonly #all = new Set<(who: Who | null) => void>();

  /** Add one, and return what takes it away again. */
  add(listener: (who: Who | null) => void): () => void {
    this.#all.add(listener);
    return () => void this.#all.delete(listener);
  }

  tell(who: Who | null): void {
    for (const listener of [...this.#all]) listener(who);
  }
}

/** Runs one of a kind at a time: whoever asks while it runs waits for the same one. */
export class OneAtATime<Result> {
  #flight: Promise<Result> | undefined;

  run(start: () => Promise<Result>): Promise<Result> {
    this.#flight ??= start().finally(() => {
      this.#flight = undefined;
    });
    return this.#flight;
  }

  /** Run when the one under way has ended, however it did. */
  async after(start: () => Promise<Result>): Promise<Result> {
    while (this.#flight) await this.#flight.catch(() => undefined);
    return this.run(start);
  }
}

/** Send a request, and once more if no answer came: what was sent is good for that. */
export async function ask(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch {
    return fetch(url, init);
  }
}
