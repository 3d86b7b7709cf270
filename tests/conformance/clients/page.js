// The script of every page of the application: the manager of oidc-client-ts, as the page's address tells its client.
const here = location.origin;
window.managerOf = (authority, clientId, more = {}) =>
  new oidc.UserManager({
    authority,
    client_id: clientId,
    redirect_uri: `${here}/back`,
    silent_redirect_uri: `${here}/silent`,
    popup_redirect_uri: `${here}/popup`,
    post_logout_redirect_uri: `${here}/bye`,
    popup_post_logout_redirect_uri: `${here}/left`,
    scope: 'openid profile email',
    loadUserInfo: true,
    automaticSilentRenew: false,
    silentRequestTimeoutInSeconds: 5,
    userStore: new oidc.WebStorageStateStore({ store: sessionStorage }),
    ...more,
  });

// What a test asks for, and how it went: the user as far as it goes through the wire, or the name of the refusal.
window.tried = async (act) => {
  try {
    const user = await act();
    return user ? { ...user, profile: { ...user.profile } } : null;
  } catch (error) {
    return { refused: error.error ?? error.message };
  }
};

// In frames and windows of their own, the answer goes to the page that opened them.
const CALLBACKS = { '/silent': 'signinSilentCallback', '/popup': 'signinPopupCallback', '/left': 'signoutPopupCallback' };
const callback = CALLBACKS[location.pathname];
if (callback) managerOf('', '')[callback]();
