/** What an account shows of itself to its owner. */
export interface WebUser {
    readonly id: string;
    readonly username: string;
    readonly email: string;
    readonly is_verified: boolean;
    readonly roles: readonly string[];
    readonly created_at: string;
}
/**
 * For pages on the server's own origin: the whole session is in cookies that no script sees, and every change carries a
 * token against forgery. No application, no redirect, no access token.
 */
export declare class WebSession {
    #private;
    /** `base` is the path that the server is mounted at, where that is not the root. */
    constructor({ base }?: {
        base?: string;
    });
    /** Who is signed in; null also before anybody was asked, which `load` does. */
    get user(): WebUser | null;
    /** Be told of everyone who signs in, and with null of the end. Returns what stops that. */
    onChange(listener: (user: WebUser | null) => void): () => void;
    /** Ask who is signed in. */
    load(): Promise<WebUser | null>;
    /** Sign in. Throws a DoorwardError: `INVALID_CREDENTIALS`, `TOO_MANY_REQUESTS`, ... */
    signIn(username: string, password: string): Promise<WebUser>;
    /** Sign out, here and nowhere else. */
    signOut(): Promise<void>;
    /** Continue the session, and return whether there is one. `fetch` does it when it must. */
    refresh(): Promise<boolean>;
    /**
     * Send a request to this origin, with the token against forgery where it changes something; once more when the
     * session had to be continued. A path is one below `base`.
     */
    fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
}
