/** Opens what staff filled in: the code comes behind the `#` of the link, the proof from her; then the conversation is this browser's. */
import { session } from "./store.js";

const $ = (id) => document.getElementById(id);
const code = location.hash.slice(1);

let opened = null;

async function send(path, body, token) {
  const headers = { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang };
  if (token) headers.Authorization = `Bearer ${token}`;
  const answer = await fetch(`/api/v1${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  const data = await answer.json();
  if (!answer.ok) throw new Error(data.detail);
  return data;
}

function wrong(error) {
  $("wrong").textContent = error ? error.message : "";
  $("wrong").hidden = !error;
}

$("open").hidden = false;
$("open").addEventListener("submit", async (event) => {
  event.preventDefault();
  wrong(null);
  try {
    opened = await send("/handovers", { code, proof: $("tail").value.trim() });
  } catch (error) {
    return wrong(error);
  }
  session.clear();
  session.set({ id: opened.conversation_id, token: opened.token, locale: opened.locale });
  history.replaceState(null, "", location.pathname);
  $("agreed").textContent = opened.agreed;
  $("open").hidden = true;
  $("hers").hidden = false;
  $("hers").querySelector("a").focus();
});

for (const [id, keep] of [["keep", true], ["delete", false]]) {
  $(id).addEventListener("click", async () => {
    wrong(null);
    try {
      await send(`/conversations/${opened.conversation_id}/assistance/end`, { keep }, opened.token);
    } catch (error) {
      return wrong(error);
    }
    $("keep").disabled = $("delete").disabled = true;
    $("done").textContent = $(id).dataset.done;
    $("done").hidden = false;
  });
}
