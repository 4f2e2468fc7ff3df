/** Coming over from a page of another site, or out of an app: the address holds, behind #, a ticket for a conversation, once. */
import { ApiError, crossOver } from "./api.js";

/**
 * The conversation's session if the address brought one, null if it brought none; `failed(words)` says that it no longer works,
 * `speaks(locale)` in which language it is held.
 */
export async function crossed(failed, speaks) {
  const ticket = new URLSearchParams(window.location.hash.slice(1)).get("go");
  if (!ticket) return null;
  window.history.replaceState(null, "", window.location.pathname + window.location.search);
  for (let tries = 0; ; tries += 1) {
    try {
      const { conversation_id: id, token, locale } = await crossOver(ticket);
      speaks(locale);
      return { id, token, locale, opening: [] };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 410 || tries === 3) {
        failed(error.message);
        return null;
      }
      await new Promise((resolve) => { setTimeout(resolve, (error.retryAfter ?? 2 ** tries) * 1000); });
    }
  }
}
