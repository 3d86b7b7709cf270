/** What an application is registered as, and what it asks for. */
export interface Options {
    /** The server's address, exactly as its metadata spells it. */
    issuer: string;
    /** A client of type `spa` with `--refresh-cookie`. */
    clientId: string;
    /** Where answers come, exactly as registered; by default the root of this origin. */
    redirectUri?: string;
    /** Where people come after signing out, exactly as registered; by default the root of this origin. */
    postLogoutRedirectUri?: string;
    /** What is asked for; `openid profile email` by default. */
    scope?: string;
    /** The API that access tokens are for (RFC 8707). */
    resource?: string;
    /** The origins that `fetch` shows the access token to, and no others; that of `resource` by default. */
    apis?: readonly string[];
}
/** How somebody is asked to sign in. */
export interface SignInOptions {
    /** The page of this origin that they come back to; by default the one that they are on. */
    returnTo?: string;
    /** `none` asks nobody anything: `finishSignIn` then throws `login_required` unless they are signed in already. */
    prompt?: "none" | "login" | "consent" | "select_account";
    loginHint?: string;
    /** How many seconds ago they may have signed in at most. */
    maxAge?: number;
    acrValues?: string;
    uiLocales?: string;
}
/** How much signing out ends. */
export interface SignOutOptions {
    /** False: the application alone. By default the person leaves the server too, and the page with it. */
    everywhere?: boolean;
}
/** Whom the ID token names. */
export interface User {
    readonly sub: string;
    readonly preferred_username?: string;
    readonly email?: string;
    readonly email_verified?: boolean;
    readonly [claim: string]: unknown;
}
/**
 * Signs people in by a redirect (Authorization Code with PKCE), and keeps the access token in memory.
 *
 * The refresh token is a cookie of the server's, which no script sees; a page that is loaded anew is signed in by it.
 */
export declare class Doorward {
    #private;
    constructor(options: Options);
    /** Who is signed in; null also before anybody was asked, which `token` does. */
    get user(): User | null;
    /** Be told of everyone who signs in, and with null of the end. Returns what stops that. */
    onChange(listener: (user: User | null) => void): () => void;
    /** Leave for the server's page. What the way back needs is kept in this tab's session storage until then. */
    signIn(options?: SignInOptions): Promise<void>;
    /**
     * Take the server's answer from the address, if there is one, and clean the address: it then is the page that the
     * person left. Returns whether they are signed in by it. Call it before a router looks at the address.
     *
     * Throws a DoorwardError: what the server says (`access_denied`, `login_required`, ...), or `unknown_answer` for one
     * that this tab did not ask for, `wrong_issuer` for one of another server, `wrong_token` for somebody else's.
     */
    finishSignIn(): Promise<boolean>;
    /**
     * Return the access token, a new one when it ends soon; undefined when nobody is signed in.
     *
     * Throws a DoorwardError when the server cannot tell at the moment, and a TypeError when it cannot be reached.
     */
    token(): Promise<string | undefined>;
    /**
     * Send a request to one of `apis` with the access token; once more, with a new one, if the first is refused.
     *
     * Throws a DoorwardError: `not_an_api` for any other origin, `login_required` when nobody is signed in.
     */
    fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
    /** End what the cookie belongs to, forget the token, and, unless told otherwise, leave for the server's sign-out. */
    signOut({ everywhere }?: SignOutOptions): Promise<void>;
}
