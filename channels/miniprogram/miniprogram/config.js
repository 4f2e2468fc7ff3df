/** What a city sets before it builds: where its Bandao answers. Nothing secret belongs here; the package can be read by anybody. */
module.exports = {
  /** https, without a slash at the end; on the platform's list of request, socket, uploadFile and downloadFile domains. */
  server: "http://127.0.0.1:8080",
  /** GB/T 2260 code of the district served, or "" for the server's own. */
  region: "",
  /** Templates of subscription messages, by what they tell: { progress: "…", correction: "…" }. None asked for where empty. */
  templates: {},
};
