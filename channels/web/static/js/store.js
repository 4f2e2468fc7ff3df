/** What this browser remembers: preferences, the open session, and messages that have not reached the server yet. */

const PREFIX = "bandao.chat.";

// Private windows and full disks make storage throw; the page then works for as long as it stays open.
const memory = new Map();

let onDisk = true;

/** From here on nothing of this page is written down: a machine many people use remembers only while it is spoken with. */
export function memoryOnly() {
  onDisk = false;
}

/** Everything kept in memory goes. */
export function forgetMemory() {
  memory.clear();
}

export function read(key) {
  if (!onDisk) return memory.get(key) ?? null;
  try {
    const text = localStorage.getItem(PREFIX + key);
    return text === null ? memory.get(key) ?? null : JSON.parse(text);
  } catch {
    return memory.get(key) ?? null;
  }
}

export function write(key, value) {
  memory.set(key, value);
  if (!onDisk) return;
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(value));
  } catch { /* kept in memory */ }
}

export function remove(key) {
  memory.delete(key);
  try {
    localStorage.removeItem(PREFIX + key);
  } catch { /* nothing was stored */ }
}

function keys(prefix) {
  const found = new Set([...memory.keys()]);
  if (onDisk) try {
    for (let i = 0; i < localStorage.length; i += 1) {
      const key = localStorage.key(i);
      if (key.startsWith(PREFIX)) found.add(key.slice(PREFIX.length));
    }
  } catch { /* memory only */ }
  return [...found].filter((key) => key.startsWith(prefix));
}

/** `{id, token, locale, opening}` of the open conversation, or null. */
export const session = {
  get: () => read("session"),
  set: (value) => write("session", value),
  clear() {
    remove("session");
    remove("draft");
    for (const key of keys("outbox.")) remove(key);
  },
};

/** Unsent messages, one key each, so that two open tabs never overwrite each other's. */
export const unsent = {
  all: (conversation) => keys("outbox.").map((key) => read(key))
    .filter((entry) => entry && entry.conversation === conversation)
    .sort((a, b) => a.order - b.order),
  put: (entry) => write(`outbox.${entry.id}`, entry),
  drop: (id) => remove(`outbox.${id}`),
};

/** Plain strings, because boot.js reads them before any module runs. */
export const preference = {
  get(key) {
    if (!onDisk) return memory.get(key) ?? null;
    try {
      return localStorage.getItem(PREFIX + key);
    } catch {
      return memory.get(key) ?? null;
    }
  },
  set(key, value) {
    memory.set(key, value);
    if (!onDisk) return;
    try {
      localStorage.setItem(PREFIX + key, value);
    } catch { /* kept in memory */ }
  },
};

/** Everything of the conversation goes; how the page looks stays. */
export function forgetConversation() {
  session.clear();
}

/** A key to look at one case, kept for this tab only: a shared computer forgets it with the window. Null takes it away. */
export function keepViewing(caseNo, token) {
  try {
    if (token) sessionStorage.setItem(`bandao.view.${caseNo}`, token);
    else sessionStorage.removeItem(`bandao.view.${caseNo}`);
  } catch { /* for as long as the page is open */ }
}

export function viewing(caseNo) {
  try {
    return sessionStorage.getItem(`bandao.view.${caseNo}`);
  } catch {
    return null;
  }
}
