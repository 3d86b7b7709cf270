/** Something was refused. `code` is the server's word for it, or one of ours, which are listed where they are thrown. */
export declare class DoorwardError extends Error {
    readonly name = "DoorwardError";
    readonly code: string;
    /** The status of the answer; 0 where there was none to be read. */
    readonly status: number;
    /** How long to wait before it is worth another try, in seconds. */
    readonly retryAfter: number | undefined;
    constructor(code: string, message?: string, status?: number, retryAfter?: number);
    /** Return what an answer that refuses says, whether as RFC 6749 has it or as RFC 9457 does. */
    static from(answer: Response): Promise<DoorwardError>;
}
