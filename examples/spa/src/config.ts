/** Where the two servers are, and what this page is registered as: from the environment, when it is built. */
export const ISSUER: string = import.meta.env.VITE_ISSUER ?? "http://localhost:8000";
export const CLIENT_ID: string = import.meta.env.VITE_CLIENT_ID ?? "notes-page";
export const API: string = import.meta.env.VITE_API ?? "http://localhost:8001";
export const SCOPE: string = import.meta.env.VITE_SCOPE ?? "openid profile notes:read notes:write";
