/** What this browser remembers about how the console is to look and sound; never anything about citizens. */
export function remembered(key) {
  try {
    return localStorage.getItem(`bandao.console.${key}`);
  } catch {
    return null;
  }
}

export function remember(key, value) {
  try {
    localStorage.setItem(`bandao.console.${key}`, value);
  } catch { /* then it lasts as long as the page */ }
}
