/** The parts of the page. Text is only ever put in as text. */

export function part<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no part ${id}`);
  return found as Kind;
}

export function show(id: string, visible: boolean): void {
  part(id).hidden = !visible;
}

export function say(text: string): void {
  part("notice").textContent = text;
  show("notice", text !== "");
}

export function fill(id: string, ...children: Node[]): void {
  part(id).replaceChildren(...children);
}

export function element(tag: string, text: string): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

/** Let a button do something, and nothing else until that is done. */
export function onPress(id: string, act: () => Promise<void>): void {
  const button = part<HTMLButtonElement>(id);
  button.addEventListener("click", () => void once(button, act));
}

/** Do something while a button rests, and say so when it fails. */
export async function once(button: HTMLButtonElement, act: () => Promise<void>): Promise<void> {
  button.disabled = true;
  try {
    await act();
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
  } finally {
    button.disabled = false;
  }
}
