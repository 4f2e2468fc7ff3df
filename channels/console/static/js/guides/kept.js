/** What was written and not saved yet, kept in this browser for each account and file. */
const key = (login, { code, place }) => `bandao.console.guide.${login}.${place}.${code}`;

export function kept(login, where) {
  try {
    return JSON.parse(localStorage.getItem(key(login, where)));
  } catch {
    return null;
  }
}

export function keep(login, where, what) {
  try {
    localStorage.setItem(key(login, where), JSON.stringify({ ...what, at: new Date().toISOString() }));
  } catch { /* then only saving keeps it */ }
}

export function forget(login, where) {
  try {
    localStorage.removeItem(key(login, where));
  } catch { /* nothing was kept */ }
}
