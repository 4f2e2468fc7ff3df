/** Files of a reply or of the office: fetched with the token in a header, and opened from the phone. */
const { t } = require("./words");

/**
 * @param {{ api: InstanceType<typeof import("./api").Api>, conversation: any }} app
 * @param {string} url of ours
 * @param {string} name
 */
function fetched(app, url, name) {
  const say = (/** @type {string} */ title) => void wx.showToast({ title, icon: "none" });
  let address = "";
  try {
    address = app.api.address(url);
  } catch (error) {
    say(/** @type {any} */ (error).message);
    return;
  }
  wx.downloadFile({
    url: address, header: app.api.headers(app.conversation.session),
    success: ({ tempFilePath, statusCode }) => {
      if (statusCode !== 200) say(t("problem_500"));
      else if (/\.(png|jpe?g)(\?|$)/i.test(url)) wx.previewImage({ urls: [tempFilePath] });
      else wx.openDocument({ filePath: tempFilePath, showMenu: true, fail: () => say(t("cannot_open", { name })) });
    },
    fail: () => say(t("network")),
  });
}

module.exports = { fetched };
