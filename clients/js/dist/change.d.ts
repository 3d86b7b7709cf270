/** Whoever wants to know who is signed in. */
export declare class Listeners<Who> {
    #private;
    /** Add one, and return what takes it away again. */
    add(listener: (who: Who | null) => void): () => void;
    tell(who: Who | null): void;
}
/** Runs one of a kind at a time: whoever asks while it runs waits for the same one. */
export declare class OneAtATime<Result> {
    #private;
    run(start: () => Promise<Result>): Promise<Result>;
    /** Run when the one under way has ended, however it did. */
    after(start: () => Promise<Result>): Promise<Result>;
}
/** Send a request, and once more if no answer came: what was sent is good for that. */
export declare function ask(url: string, init: RequestInit): Promise<Response>;
