/** Something was refused. `code` is the server's word for it, or one of ours, which are listed where they are thrown. */
export class DoorwardError extends Error {
  override readonly name = "DoorwardError";
  readonly code: string;
  /** The status of the answer; 0 where there was none to be read. */
  readonly status: number;
  /** How long to wait before it is worth another try, in seconds. */
  readonly retryAfter: number | undefined;

  constructor(code: string, message = "", status = 0, retryAfter?: number) {
    super(message ? `${code}: ${message}` : code);
    this.code = code;
    this.status = status;
    this.retryAfter = retryAfter;
  }

  /** Return what an answer that refuses says, whether as RFC 6749 has it or as RFC 9457 does. */
  static async from(answer: Response): Promise<DoorwardError> {
    const said: { error?: string; error_description?: string; code?: string; detail?: string } = await answer
      .json()
      .catch(() => ({}));
    const wait = Number(answer.headers.get("retry-after")) || undefined;
    const code = said.error ?? said.code ?? "unreadable";
    return new DoorwardError(code, said.error_description ?? said.detail, answer.status, wait);
  }
}
