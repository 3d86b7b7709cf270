/** Sign in with Doorward from a browser. */
export { Doorward, type Options, type SignInOptions, type SignOutOptions, type User } from "./doorward.js";
export { DoorwardError } from "./errors.js";
export { WebSession, type WebUser } from "./web_session.js";
