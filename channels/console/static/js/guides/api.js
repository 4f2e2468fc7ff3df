/** The guide editor's API, on top of the console's. */
import { call } from "../api.js";

const BASE = "/guides";
const revision = (id) => `${BASE}/revisions/${encodeURIComponent(id)}`;
const at = ({ code, place }) => `${encodeURIComponent(place)}/${encodeURIComponent(code)}`;

export const guides = {
  list: () => call("GET", BASE),
  file: (where) => call("GET", `${BASE}/files/${at(where)}`),
  check: ({ code, place }, text, signal) => call("POST", `${BASE}/check`, { body: { code, place, text }, signal }),
  raise: ({ code, place }, text) => call("POST", `${BASE}/next-version`, { body: { code, place, text } }),
  begin: (code, name) => call("POST", `${BASE}/new`, { body: { code, name } }),
  keep: (where, draft) => call("PUT", `${BASE}/drafts/${at(where)}`, { body: draft }),
  compare: ({ code, place }, sides) => call("POST", `${BASE}/compare`, { body: { code, place, ...sides } }),
  revision: (id) => call("GET", revision(id)),
  discard: (id) => call("DELETE", revision(id)),
  propose: (id) => call("POST", `${revision(id)}/propose`),
  withdraw: (id) => call("POST", `${revision(id)}/withdraw`),
  restore: (id) => call("POST", `${revision(id)}/restore`),
  approve: (id, answer) => call("POST", `${revision(id)}/approve`, { body: { answer } }),
  sendBack: (id, answer) => call("POST", `${revision(id)}/return`, { body: { answer } }),
};
